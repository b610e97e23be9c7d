import { type ErrorDetails, StillpointError, serializeError } from '../../../shared/errors/index.ts';
import { type IpcAnswer, type IpcMethodName, ipcContract } from '../../../shared/ipc/contract.ts';
import { badInput } from './bad-input.ts';
import type { Handlers } from './handlers.ts';

/** What went wrong inside main, for its own log; the window gets the answer. */
export type ReportDefect = (method: string, error: unknown) => void;

/**
 * Answers one request of a window, which is treated as hostile: the name must be of the contract, the parameters must
 * fit, and so must what our own handler returns. Never rejects.
 */
export async function answer(
  handlers: Handlers,
  name: unknown,
  params: unknown,
  report: ReportDefect,
): Promise<IpcAnswer<IpcMethodName>> {
  try {
    if (!isMethodName(name)) throw protocolError(`There is no such request: ${String(name).slice(0, 64)}.`);
    return { ok: true, value: await handle(handlers, name, params) };
  } catch (error) {
    const serialized = serializeError(error);
    if (serialized.kind === 'internal') report(String(name), error);
    return { ok: false, error: serialized };
  }
}

async function handle(handlers: Handlers, name: IpcMethodName, input: unknown) {
  const spec = ipcContract[name];
  const params = spec.params.safeParse(input);
  if (!params.success) throw badInput(params.error);
  // One signature over the union of all methods: which parameters belong to which name was just checked.
  const handler = handlers[name] as (params: unknown) => Promise<unknown>;
  const result = spec.result.safeParse(await handler(params.data));
  if (!result.success) throw new Error(`${name} returned what its contract does not allow: ${result.error.message}`);
  return result.data;
}

function isMethodName(name: unknown): name is IpcMethodName {
  return typeof name === 'string' && Object.hasOwn(ipcContract, name);
}

export function protocolError(message: string, details: Partial<ErrorDetails> = {}): StillpointError {
  return new StillpointError({
    kind: 'protocol',
    message,
    guidance: 'Restart Stillpoint. If it happens again, install it anew: its parts do not fit each other.',
    ...details,
  });
}
