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
  /** How long the other side may go on with a call that was given up here: until it notices that the line is dead. */
  readonly lingersMs: number;
}

/** Go’s servers ask after a silent client nine times, every 15 seconds. */
const lingersMs = 180_000;
const longestLookMs = 5_000;

/** A cable that is pulled, a router that restarts: long enough for a person to notice, below a lock’s life. */
export const patientRetries: RetryPolicy = {
  firstDelayMs: 500,
  longestDelayMs: 60_000,
  giveUpAfterMs: 15 * 60_000,
  lingersMs,
};

/** Somebody looks at a form and waits. */
export const hastyRetries: RetryPolicy = { firstDelayMs: 300, longestDelayMs: 1_000, giveUpAfterMs: 3_000, lingersMs };

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
 * file is one that a server shows while it receives it. When such a server notices that the line is dead it removes what it
 * has by its name, whatever lies there by then: the file is not sent anew before it is gone, or nobody can be receiving it
 * any more and it was removed from here.
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
        return await again(inner, call, run, { policy, surroundings });
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

interface Patience {
  readonly policy: RetryPolicy;
  readonly surroundings: RetrySurroundings;
}

async function again<Result>(
  inner: Backend,
  call: Call,
  run: (options: CallOptions) => Promise<Result>,
  patience: Patience,
): Promise<Result> {
  const { operation, file, bytes, options } = call;
  if (operation === 'save' && file !== undefined && bytes !== undefined) {
    // `Result` of a save is nothing.
    if (await isDone(inner, file, bytes, options, patience)) return undefined as Result;
  }
  const result = await run(options);
  return operation === 'remove' ? (true as Result) : result;
}

/** Whether an earlier attempt saved the file whole. What it left cut off is removed. */
async function isDone(
  inner: Backend,
  file: FileRef,
  bytes: Uint8Array,
  options: CallOptions,
  { policy, surroundings }: Patience,
): Promise<boolean> {
  const untilMs = surroundings.nowMs() + policy.lingersMs;
  let size = await sizeOf(inner, file, options);
  for (let lookMs = 50; ; lookMs = Math.min(longestLookMs, lookMs * 2)) {
    if (size === undefined) return false;
    if (size === bytes.length && (await inner.load(file, undefined, options))?.equals(bytes)) return true;
    if (file.kind === 'config') return false;
    if (surroundings.nowMs() >= untilMs) break;
    await surroundings.sleep(lookMs, options.signal);
    size = await sizeListed(inner, file, options);
  }
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

/** A server that shows parts of files may remember what it said of one; its lists it makes anew. */
async function sizeListed(
  inner: Backend,
  file: Exclude<FileRef, { kind: 'config' }>,
  options: CallOptions,
): Promise<number | undefined> {
  const files = await inner.list(file.kind, { ...options, besides: (name) => name !== file.name });
  return files.find(({ name }) => name === file.name)?.size;
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
