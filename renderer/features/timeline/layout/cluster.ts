import { itemKinds } from './item-kind.ts';
import type { LaneIndex } from './lane-index.ts';

/**
 * The marks of one lane at one zoom: runs of items that would overlap are one mark with a count. Flat arrays, because a
 * frame reads them and must not make garbage.
 */
export interface Clusters {
  readonly count: number;
  /** First and last item of each cluster, as indexes into the lane's items. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** Where it is drawn, milliseconds since the epoch: the middle of its extent. Sorted. */
  readonly center: Float64Array;
  /** The rank most of its items have, the higher of two that are as common; and the highest rank among them. */
  readonly common: Uint8Array;
  readonly worst: Uint8Array;
  /** Longest pause among its items; negative where there was none. */
  readonly stall: Float64Array;
  /** How many snapshots and runs it stands for. */
  readonly runs: Uint32Array;
}

/** Widths in pixels of what is drawn. */
export interface MarkWidths {
  readonly single: number;
  readonly cluster: number;
  readonly gap: number;
}

/**
 * Groups a whole lane at `msPerPixel`, oldest first. It depends on nothing else, so that panning never regroups, and a
 * new snapshot at the end changes no cluster before the last ones. No two marks overlap.
 */
export function cluster(
  { times, ranks, stalls, runs: itemRuns }: LaneIndex,
  msPerPixel: number,
  widths: MarkWidths,
): Clusters {
  const first = new Int32Array(times.length);
  const last = new Int32Array(times.length);
  let count = 0;
  for (let at = 0; at < times.length; at += 1) {
    first[count] = at;
    last[count] = at;
    count += 1;
    while (count > 1 && overlap(times, itemRuns, first, last, count, msPerPixel, widths)) {
      last[count - 2] = at;
      count -= 1;
    }
  }
  const center = new Float64Array(count);
  const common = new Uint8Array(count);
  const worst = new Uint8Array(count);
  const tally = new Uint32Array(itemKinds.length);
  const stall = new Float64Array(count).fill(-1);
  const runs = new Uint32Array(count);
  for (let at = 0; at < count; at += 1) {
    const from = first[at] ?? 0;
    const to = last[at] ?? 0;
    center[at] = middle(times, from, to);
    tally.fill(0);
    for (let item = from; item <= to; item += 1) {
      const rank = ranks[item] ?? 0;
      const many = itemRuns[item] ?? 1;
      tally[rank] = (tally[rank] ?? 0) + many;
      runs[at] = (runs[at] ?? 0) + many;
      worst[at] = Math.max(worst[at] ?? 0, rank);
      stall[at] = Math.max(stall[at] ?? -1, stalls[item] ?? -1);
    }
    common[at] = mostCommon(tally);
  }
  return { count, first: first.slice(0, count), last: last.slice(0, count), center, common, worst, stall, runs };
}

function mostCommon(tally: Uint32Array): number {
  let best = 0;
  for (let rank = 1; rank < tally.length; rank += 1) {
    if ((tally[rank] ?? 0) >= (tally[best] ?? 0) && (tally[rank] ?? 0) > 0) best = rank;
  }
  return best;
}

function overlap(
  times: Float64Array,
  runs: Uint32Array,
  first: Int32Array,
  last: Int32Array,
  count: number,
  msPerPixel: number,
  { single, cluster: wide, gap }: MarkWidths,
): boolean {
  const [aFirst, aLast, bFirst, bLast] = [first[count - 2], last[count - 2], first[count - 1], last[count - 1]];
  if (aFirst === undefined || aLast === undefined || bFirst === undefined || bLast === undefined) return false;
  const distance = (middle(times, bFirst, bLast) - middle(times, aFirst, aLast)) / msPerPixel;
  const widths = (isSingle(runs, aFirst, aLast) ? single : wide) + (isSingle(runs, bFirst, bLast) ? single : wide);
  return distance < widths / 2 + gap;
}

function isSingle(runs: Uint32Array, first: number, last: number): boolean {
  return first === last && (runs[first] ?? 1) === 1;
}

function middle(times: Float64Array, from: number, to: number): number {
  const start = times[from] ?? 0;
  return start + ((times[to] ?? start) - start) / 2;
}

const stepsPerDoubling = 4;

/** A nearby zoom, never finer than the asked: clusters are made for a few zooms and kept, not for every frame. */
export function quantizeZoom(msPerPixel: number): number {
  return 2 ** (Math.ceil(Math.log2(msPerPixel) * stepsPerDoubling - 1e-9) / stepsPerDoubling);
}
