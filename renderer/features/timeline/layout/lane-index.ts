import type { Lane, SnapshotMark } from '../../../../shared/ipc/timeline.ts';
import { kindOfOutcome, kindOfSnapshot, rankOf } from './item-kind.ts';

export type Failure = Lane['failures'][number];

/** A lane made ready for drawing: its snapshots and failures as one series of times, in flat arrays, sorted once. */
export interface LaneIndex {
  readonly lane: Lane;
  readonly times: Float64Array;
  /** `rankOf` of each item's kind. */
  readonly ranks: Uint8Array;
  /** Length of the pause in milliseconds; negative where there was none. */
  readonly stalls: Float64Array;
  /** Index into `lane.snapshots`, or `-1 - index` into `lane.failures`. */
  readonly refs: Int32Array;
}

export function indexLane(lane: Lane): LaneIndex {
  const total = lane.snapshots.length + lane.failures.length;
  const timeOf = (ref: number): number =>
    ref >= 0 ? (lane.snapshots[ref]?.time ?? 0) : (lane.failures[-1 - ref]?.at ?? 0);
  const refs = Int32Array.from({ length: total }, (_, at) =>
    at < lane.snapshots.length ? at : -1 - (at - lane.snapshots.length),
  ).sort((a, b) => timeOf(a) - timeOf(b));
  const times = new Float64Array(total);
  const ranks = new Uint8Array(total);
  const stalls = new Float64Array(total);
  for (let at = 0; at < total; at += 1) {
    const ref = refs[at] ?? 0;
    const snapshot = lane.snapshots[ref];
    const failure = lane.failures[-1 - ref];
    times[at] = timeOf(ref);
    if (ref >= 0 && snapshot !== undefined) {
      ranks[at] = rankOf(kindOfSnapshot(snapshot.level));
      stalls[at] = snapshot.stallMs ?? -1;
    } else if (failure !== undefined) {
      ranks[at] = rankOf(kindOfOutcome(failure.outcome));
      stalls[at] = -1;
    }
  }
  return { lane, times, ranks, stalls, refs };
}

export function snapshotAt({ lane, refs }: LaneIndex, at: number): SnapshotMark | undefined {
  const ref = refs[at];
  return ref === undefined || ref < 0 ? undefined : lane.snapshots[ref];
}

export function failureAt({ lane, refs }: LaneIndex, at: number): Failure | undefined {
  const ref = refs[at];
  return ref === undefined || ref >= 0 ? undefined : lane.failures[-1 - ref];
}
