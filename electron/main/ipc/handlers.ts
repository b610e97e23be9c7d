import type { z } from 'zod';
import type { IpcContract, IpcMethodName, IpcResult } from '../../../shared/ipc/contract.ts';

/** Parameters as a handler gets them: validated, with their defaults and brands. */
export type HandlerParams<N extends IpcMethodName> = z.output<IpcContract[N]['params']>;

export type Handler<N extends IpcMethodName> = (params: HandlerParams<N>) => Promise<IpcResult<N>>;

/** One handler for every method of the contract; a missing one does not compile. */
export type Handlers = { readonly [N in IpcMethodName]: Handler<N> };

/** The handlers of one domain: `HandlersOf<'runs' | 'backup'>`. */
export type HandlersOf<Group extends string> = Pick<Handlers, Extract<IpcMethodName, `${Group}.${string}`>>;
