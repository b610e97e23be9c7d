import { lowerBound, nearest } from '../layout/cull.ts';
import { type LaneIndex, snapshotAt } from '../layout/lane-index.ts';

/** The next snapshot of a lane before (-1) or after (1) an item, runs without one skipped; -1 at the end. */
export function stepItem(index: LaneIndex, from: number, direction: -1 | 1): number {
  for (let at = from + direction; at >= 0 && at < index.times.length; at += direction) {
    if (snapshotAt(index, at) !== undefined) return at;
  }
  return -1;
}

export function firstItem(index: LaneIndex): number {
  return stepItem(index, -1, 1);
}

export function lastItem(index: LaneIndex): number {
  return stepItem(index, index.times.length, -1);
}

/** The snapshot of a lane nearest to a time; -1 where the lane has none. */
export function nearestItem(index: LaneIndex, time: number): number {
  const at = nearest(index.times, time);
  if (at < 0 || snapshotAt(index, at) !== undefined) return at;
  const before = stepItem(index, at, -1);
  const after = stepItem(index, at, 1);
  if (before < 0 || after < 0) return Math.max(before, after);
  return time - (index.times[before] ?? 0) <= (index.times[after] ?? 0) - time ? before : after;
}

/** The item that is this snapshot; -1 when the lane does not hold it. */
export function itemOf(index: LaneIndex, snapshotId: string, time: number | null): number {
  if (time !== null) {
    for (let at = lowerBound(index.times, time); index.times[at] === time; at += 1) {
      if (snapshotAt(index, at)?.id === snapshotId) return at;
    }
  }
  for (let at = 0; at < index.times.length; at += 1) {
    if (snapshotAt(index, at)?.id === snapshotId) return at;
  }
  return -1;
}
