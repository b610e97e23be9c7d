import { type ConsistencyLevel, consistencyLevels, isAtLeast } from '../../../shared/domain/level.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';

const lookedAt = 10;
const atLeast = 3;

/**
 * What the backups before the newest usually reached: the strongest level that more than half of the last ten had. Null
 * while there are fewer than three to tell from. In order of time.
 */
export function usualLevel(marks: readonly SnapshotMark[]): ConsistencyLevel | null {
  const before = marks.slice(0, -1).slice(-lookedAt);
  if (before.length < atLeast) return null;
  const reached = (level: ConsistencyLevel): number =>
    before.filter((mark) => mark.level !== null && isAtLeast(mark.level, level)).length;
  return consistencyLevels.find((level) => reached(level) * 2 > before.length) ?? null;
}
