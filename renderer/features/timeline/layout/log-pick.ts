import type { SnapshotMark } from '../../../../shared/ipc/timeline.ts';
import { firstBandAfter, lowerBound } from './cull.ts';
import { type LaneIndex, snapshotAt } from './lane-index.ts';

/** An instant of a log, and the snapshot from which the log reaches it. */
export interface LogPick {
  readonly time: number;
  readonly from: number;
  readonly to: number;
  readonly base: SnapshotMark;
}

/** The instant of a lane's log at a time; null in a gap, and where no snapshot lies before it. */
export function pickInstant(index: LaneIndex, time: number): LogPick | null {
  const bands = index.lane.logBands;
  const band = bands[firstBandAfter(bands, time)];
  if (band === undefined || time < band.from) return null;
  for (let at = lowerBound(index.times, time) - 1; at >= 0; at -= 1) {
    const base = snapshotAt(index, at);
    if (base !== undefined) return { time, from: band.from, to: band.to, base };
  }
  return null;
}
