import type { HelperCommandName, HelperEvent, HelperParams, HelperResult } from '../../../shared/helper/contract.ts';

export interface CallContext<N extends HelperCommandName> {
  readonly signal: AbortSignal;
  /** Resolves, or returns nothing, when there is room for more. To be awaited by whoever tells without an end. */
  readonly emit: (event: HelperEvent<N>) => Promise<void> | undefined;
}

/** One implementation per command. Parameters arrive validated; rights were checked; results are validated on the way out. */
export type Handlers = {
  readonly [N in HelperCommandName]: (params: HelperParams<N>, context: CallContext<N>) => Promise<HelperResult<N>>;
};

/** The helper's commands as functions: what the server offers over a pipe and the command line calls directly. */
export interface HelperService {
  call<N extends HelperCommandName>(
    name: N,
    params: HelperParams<N>,
    options?: { readonly signal?: AbortSignal; readonly onEvent?: (event: HelperEvent<N>) => void },
  ): Promise<HelperResult<N>>;
  /** Stops what is running, gives back locks, forgets keys. */
  close(): Promise<void>;
}
