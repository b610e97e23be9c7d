import { cancelled, isStillpointError } from '../../../../../shared/errors/index.ts';
import type { Backend } from '../contract.ts';
import { around } from './around.ts';

/**
 * Ends every call as soon as `signal`, or the call's own, is aborted, whether or not the backend notices. What a backend
 * does not notice goes on in the background, and its outcome is thrown away: nothing here may rely on it.
 */
export function cancellable(inner: Backend, signal?: AbortSignal): Backend {
  return around(inner, async ({ options }, run) => {
    const signals = [signal, options.signal].filter((each) => each !== undefined);
    if (signals.length === 0) return run(options);
    const either = AbortSignal.any(signals);
    return untilAborted(either, () => run({ ...options, signal: either }));
  });
}

/** Rejects with the reason of the abort, ours kept, anything else as `cancelled`. */
export async function untilAborted<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  if (signal.aborted) throw abortReason(signal);
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortReason(signal));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } catch (error) {
    throw signal.aborted ? abortReason(signal) : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

export function abortReason(signal: AbortSignal): Error {
  return isStillpointError(signal.reason) ? signal.reason : cancelled(signal.reason);
}
