import { StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';

const mostFlushes = 5;

/**
 * Flushes until a flush is quick: what is left then is little, and so is the freeze, which flushes once more and cannot be
 * cut short. Rejects with `freeze-refused` when writers dirty more than fits into the time they may be held.
 */
export async function flushUntilQuick(
  flush: () => Promise<void>,
  longestStallMs: number,
  signal: AbortSignal,
): Promise<void> {
  const quickMs = longestStallMs / 4;
  let lastMs = Number.POSITIVE_INFINITY;
  for (let times = 0; times < mostFlushes && lastMs > quickMs; times += 1) {
    throwIfAborted(signal);
    const startedAt = performance.now();
    await flush();
    lastMs = performance.now() - startedAt;
  }
  if (lastMs <= longestStallMs) return;
  throw new StillpointError({
    kind: 'freeze-refused',
    message: `So much is being written that flushing it takes ${Math.round(lastMs)} ms; writers may be held ${longestStallMs} ms.`,
    guidance: 'Back up at a quieter time, or allow a longer pause.',
    retryable: true,
  });
}
