import { StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';

const mostFlushes = 5;
/** A flush as short as this leaves so little that another one would save nobody anything, ms. */
const shortMs = 20;
/** Another flush is worth its disturbance while each takes at most this part of the one before. */
const worthwhile = 0.7;

/**
 * Flushes until a flush is quick, and goes on while that makes it much quicker: what is left then is little, and so is the
 * freeze, which flushes once more and cannot be cut short. Rejects with `freeze-refused` when writers dirty more than fits into the time they may be held.
 */
export async function flushUntilQuick(
  flush: () => Promise<void>,
  longestStallMs: number,
  signal: AbortSignal,
): Promise<void> {
  const quickMs = longestStallMs / 4;
  let lastMs = Number.POSITIVE_INFINITY;
  for (let times = 0, gain = 0; times < mostFlushes; times += 1) {
    if (lastMs <= shortMs || (lastMs <= quickMs && gain > worthwhile)) break;
    throwIfAborted(signal);
    const startedAt = performance.now();
    await flush();
    const tookMs = performance.now() - startedAt;
    gain = tookMs / lastMs;
    lastMs = tookMs;
  }
  if (lastMs <= longestStallMs) return;
  throw new StillpointError({
    kind: 'freeze-refused',
    message: `So much is being written that flushing it takes ${Math.round(lastMs)} ms; writers may be held ${longestStallMs} ms.`,
    guidance: 'Back up at a quieter time, or allow a longer pause.',
    retryable: true,
  });
}
