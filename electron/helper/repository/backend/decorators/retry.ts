import { setTimeout as sleep } from 'node:timers/promises';
import { isStillpointError, StillpointError } from '../../../../../shared/errors/index.ts';
import type { Backend, CallOptions, FileRef } from '../contract.ts';
import { describeFile } from '../contract.ts';
import { type Around, around, type Call } from './around.ts';
import { abortReason } from './cancel.ts';
import { isTransient, retryAfterOf } from './transient.ts';

/** Times in milliseconds. */
export interface RetryPolicy {
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** No attempt begins later than this after the first one. */
  readonly giveUpAfterMs: number;
}

/** A cable that is pulled, a router that restarts: long enough for a person to notice, below a lock’s life. */
export const patientRetries: RetryPolicy = { firstDelayMs: 500, longestDelayMs: 60_000, giveUpAfterMs: 15 * 60_000 };

/** Somebody looks at a form and waits. */
export const hastyRetries: RetryPolicy = { firstDelayMs: 300, longestDelayMs: 1_000, giveUpAfterMs: 3_000 };

export interface RetrySurroundings {
  readonly nowMs: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Told before each wait. */
  readonly onRetry?: ((call: Call, error: StillpointError, delayMs: number) => void) | undefined;
}

export const realSurroundings: RetrySurroundings = {
  nowMs: () => performance.now(),
  random: Math.random,
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal ? { signal } : {});
  },
};

/**
 * Calls again what failed for a reason that may pass, later each time, never sooner than the other side asks. Delays are
 * spread by chance, so that many who were cut off at once do not come back at once.
 *
 * The outcome of a call that was cut off is not known, so a `save` is not simply repeated: what is there under its name by
 * then is looked at first. The same bytes: it is done. Other bytes: the configuration belongs to somebody else; any other
 * file was cut off in the middle by a server that shows what it is still receiving, and is removed before it is sent anew.
 * A `remove` whose file is gone at a later attempt counts as having removed it.
 */
export function retrying(
  inner: Backend,
  policy: RetryPolicy = patientRetries,
  surroundings: RetrySurroundings = realSurroundings,
): Backend {
  const wrap: Around = async <Result>(call: Call, run: (options: CallOptions) => Promise<Result>): Promise<Result> => {
    const startedMs = surroundings.nowMs();
    const { signal } = call.options;
    for (let attempt = 0; ; attempt += 1) {
      try {
        if (attempt === 0) return await run(call.options);
        return await again(inner, call, run);
      } catch (error) {
        if (signal?.aborted) throw abortReason(signal);
        if (!isTransient(error)) throw error;
        const ceiling = Math.min(policy.longestDelayMs, policy.firstDelayMs * 2 ** attempt);
        const delayMs = Math.max(retryAfterOf(error), ceiling * (0.5 + surroundings.random() / 2));
        const isLate = surroundings.nowMs() - startedMs + delayMs > policy.giveUpAfterMs;
        if (isLate) throw attempt === 0 ? error : gaveUp(error, attempt + 1);
        surroundings.onRetry?.(call, error, delayMs);
        await surroundings.sleep(delayMs, signal).catch((reason) => {
          throw signal?.aborted ? abortReason(signal) : reason;
        });
      }
    }
  };
  return around(inner, wrap);
}

async function again<Result>(
  inner: Backend,
  call: Call,
  run: (options: CallOptions) => Promise<Result>,
): Promise<Result> {
  const { operation, file, bytes, options } = call;
  if (operation === 'save' && file !== undefined && bytes !== undefined) {
    // `Result` of a save is nothing.
    if (await isDone(inner, file, bytes, options)) return undefined as Result;
  }
  const result = await run(options);
  return operation === 'remove' ? (true as Result) : result;
}

/** Whether an earlier attempt saved the file whole. What it left cut off is removed. */
async function isDone(inner: Backend, file: FileRef, bytes: Uint8Array, options: CallOptions): Promise<boolean> {
  const size = await sizeOf(inner, file, options);
  if (size === undefined) return false;
  if (size === bytes.length) {
    const there = await inner.load(file, undefined, options);
    if (there?.equals(bytes)) return true;
  }
  if (file.kind === 'config') return false;
  try {
    await inner.remove(file, options);
  } catch (error) {
    if (isStillpointError(error, 'not-permitted')) throw leftCutOff(file, inner.location, error);
    throw error;
  }
  return false;
}

/** A place without a configuration is one that a repository is being made at. */
async function sizeOf(inner: Backend, file: FileRef, options: CallOptions): Promise<number | undefined> {
  try {
    return await inner.stat(file, options);
  } catch (error) {
    if (isStillpointError(error, 'repository-absent')) return undefined;
    throw error;
  }
}

function leftCutOff(file: FileRef, location: string, cause: StillpointError): StillpointError {
  return new StillpointError({
    kind: 'not-permitted',
    message: `The server at ${location} kept a part of ${describeFile(file)} and does not let it be replaced.`,
    guidance: 'Whoever may delete files there has to remove it. No snapshot refers to it.',
    context: { location },
    cause,
  });
}

function gaveUp(error: StillpointError, attempts: number): StillpointError {
  return new StillpointError({
    kind: error.kind,
    message: error.message,
    guidance: error.guidance,
    field: error.field,
    retryable: true,
    context: { ...error.context, attempts, transient: false },
    cause: error,
  });
}
