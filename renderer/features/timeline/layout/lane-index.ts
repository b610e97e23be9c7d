import type { Lane, SnapshotMark } from '../../../../shared/ipc/timeline.ts';
import { kindOfOutcome, kindOfSnapshot, rankOf } from './item-kind.ts';

export type Failure = Lane['failures'][number];
export type Missed = Lane['missed'][number];

/**
 * A lane made ready for drawing: its snapshots, failures and stretches of runs that were not made as one series of times,
 * in flat arrays, sorted once.
 */
export interface LaneIndex {
  readonly lane: Lane;
  /** A stretch stands in its middle. */
  readonly times: Float64Array;
  /** `rankOf` of each item's kind. */
  readonly ranks: Uint8Array;
  /** Length of the pause in milliseconds; negative where there was none. */
  readonly stalls: Float64Array;
  /** How many runs an item stands for: more than one only in a stretch that was missed. */
  readonly runs: Uint32Array;
  /** Index into `lane.snapshots`, or `-1 - index` into `lane.failures` followed by `lane.missed`. */
  readonly refs: Int32Array;
}

export function indexLane(lane: Lane): LaneIndex {
  const { snapshots, failures, missed } = lane;
  const total = snapshots.length + failures.length + missed.length;
  const timeOf = (ref: number): number =>
    ref >= 0 ? (snapshots[ref]?.time ?? 0) : (failures[-1 - ref]?.at ?? middleOf(missed[-1 - ref - failures.length]));
  const refs = Int32Array.from({ length: total }, (_, at) =>
    at < snapshots.length ? at : -1 - (at - snapshots.length),
  ).sort((a, b) => timeOf(a) - timeOf(b));
  const times = new Float64Array(total);
  const ranks = new Uint8Array(total);
  const stalls = new Float64Array(total).fill(-1);
  const runs = new Uint32Array(total).fill(1);
  for (let at = 0; at < total; at += 1) {
    const ref = refs[at] ?? 0;
    times[at] = timeOf(ref);
    const snapshot = snapshots[ref];
    const failure = failures[-1 - ref];
    if (snapshot !== undefined) {
      ranks[at] = rankOf(kindOfSnapshot(snapshot.level));
      stalls[at] = snapshot.stallMs ?? -1;
    } else if (failure !== undefined) {
      ranks[at] = rankOf(kindOfOutcome(failure.outcome));
    } else {
      ranks[at] = rankOf('missed');
      runs[at] = Math.max(1, missed[-1 - ref - failures.length]?.runs ?? 1);
    }
  }
  return { lane, times, ranks, stalls, runs, refs };
}

function middleOf(missed: Missed | undefined): number {
  return missed === undefined ? 0 : missed.from + (missed.to - missed.from) / 2;
}

export function snapshotAt({ lane, refs }: LaneIndex, at: number): SnapshotMark | undefined {
  const ref = refs[at];
  return ref === undefined || ref < 0 ? undefined : lane.snapshots[ref];
}

export function failureAt({ lane, refs }: LaneIndex, at: number): Failure | undefined {
  const ref = refs[at];
  return ref === undefined || ref >= 0 ? undefined : lane.failures[-1 - ref];
}

export function missedAt({ lane, refs }: LaneIndex, at: number): Missed | undefined {
  const ref = refs[at];
  return ref === undefined || ref >= 0 ? undefined : lane.missed[-1 - ref - lane.failures.length];
}
