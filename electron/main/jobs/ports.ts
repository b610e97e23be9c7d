import type { HelperCommandName, HelperEvent, HelperParams, HelperResult } from '../../../shared/helper/contract.ts';
import type { AppEvent } from '../../../shared/ipc/events.ts';

export interface HelperCallOptions<N extends HelperCommandName> {
  /** Asks a cancellable command to stop; its answer is still waited for, because it says how it ended. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called for each event before the answer. What it returns is waited for before more is read from the helper, for
   * every call: it may slow the helper down on purpose, and must not call the helper itself and wait.
   */
  readonly onEvent?: ((event: HelperEvent<N>) => void | Promise<void>) | undefined;
  /** Milliseconds; instead of what the contract says. */
  readonly deadlineMs?: number | undefined;
  /** False: nobody is asked for consent; what would need it rejects with `authorization-refused`. Default true. */
  readonly mayAsk?: boolean | undefined;
}

/** The helper as jobs see it. Rejects with a StillpointError, `helper-crashed` when it died under the call. */
export interface HelperCalls {
  call<N extends HelperCommandName>(
    name: N,
    params: HelperParams<N>,
    options?: HelperCallOptions<N>,
  ): Promise<HelperResult<N>>;
}

/** Tells every window what happened. */
export type Broadcast = (event: AppEvent) => void;

/** Milliseconds since the epoch. */
export type Clock = () => number;
