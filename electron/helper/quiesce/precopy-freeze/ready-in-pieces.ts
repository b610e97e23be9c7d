import type { StillpointError } from '../../../../shared/errors/index.ts';
import type { FlushAge } from './flush-age.ts';

export interface PiecesParts {
  readonly longestStallMs: number;
  /** For all pieces together, ms. It shrinks when flushes get slower. */
  readonly timeMs: () => number;
  /** One piece of synchronous work; false when its time was over first. */
  readonly work: (timeMs: number) => boolean;
  readonly flushed: FlushAge;
  /** Somebody writes to the source, or may. */
  readonly isWrittenTo: () => boolean;
  readonly flush: () => Promise<void>;
  /** What was written last would have to be read in the pause, and need not be after a flush and another piece. */
  readonly isWorthFlushing: () => boolean;
  /** One flush, however long it takes. */
  readonly flushOnce: () => Promise<void>;
  readonly tooSlow: () => StillpointError;
}

const longestPieceMs = 100;
/** What is dirtied meanwhile costs a freeze less than another flush does. */
const freshMs = 10;
const mostFlushesAgain = 3;
/** Flushes as short as this are worth more than what is read in the pause without them. */
const shortFlushMs = 25;
const mostShortFlushes = 3;

/**
 * What is done right before a freeze, with a flush after each piece that took its time or in which much was dirtied: the
 * freeze waits for everything that is dirty, and cannot be cut short. Where flushes are short, what was written a moment
 * before the last one is flushed and read once more, in pieces that get shorter and shorter. Ends right after a piece.
 */
export async function readyInPieces(parts: PiecesParts): Promise<void> {
  const pieceMs = Math.min(longestPieceMs, parts.longestStallMs / 4);
  let spentMs = 0;
  let flushes = 0;
  let shortFlushes = 0;
  // Guard and witness may have taken longer to start than the last flush.
  if (parts.isWrittenTo() && parts.flushed.isStale(freshMs)) await parts.flush();
  for (;;) {
    const startedAt = performance.now();
    const isDone = parts.work(Math.min(pieceMs, parts.timeMs() - spentMs));
    spentMs += performance.now() - startedAt;
    if (!isDone && spentMs >= parts.timeMs()) throw parts.tooSlow();
    const isStale = !isDone || (flushes < mostFlushesAgain && parts.flushed.isStale(pieceMs));
    if (isStale) {
      if (isDone) flushes += 1;
      await parts.flush();
      continue;
    }
    const isTimeLeft = shortFlushes < mostShortFlushes && spentMs * 2 < parts.timeMs();
    if (!isTimeLeft || parts.flushed.lastMs > shortFlushMs || !parts.isWorthFlushing()) return;
    shortFlushes += 1;
    await parts.flushOnce();
  }
}
