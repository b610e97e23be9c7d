import { deserializeError } from '../../shared/errors/index.ts';
import type { IpcAnswer, IpcMethodName, IpcParams, IpcResult } from '../../shared/ipc/contract.ts';
import { bridge } from './bridge.ts';

type LooseFunction = (params: unknown) => Promise<IpcAnswer<IpcMethodName>>;

/** Asks main. Throws `StillpointError`: an answer that carries an error is turned back into one, guidance included. */
export async function call<N extends IpcMethodName>(name: N, params: IpcParams<N>): Promise<IpcResult<N>> {
  const dot = name.indexOf('.');
  const groups = bridge() as unknown as Readonly<Record<string, Readonly<Record<string, LooseFunction>>>>;
  const ask = groups[name.slice(0, dot)]?.[name.slice(dot + 1)];
  if (ask === undefined) throw new TypeError(`the bridge has no ${name}`);
  const answer = (await ask(params)) as IpcAnswer<N>;
  if (answer.ok) return answer.value;
  throw deserializeError(answer.error);
}
