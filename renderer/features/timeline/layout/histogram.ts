import type { LaneIndex } from './lane-index.ts';

export interface Histogram {
  readonly from: number;
  readonly to: number;
  /** Items per bin, and how many of them were failed, interrupted, missed or torn. */
  readonly counts: Uint32Array;
  readonly worrying: Uint32Array;
  readonly highest: number;
}

/** How many snapshots fall into each of `bins` equal stretches of time; the overview is drawn from it. */
export function histogramOf(
  lanes: readonly LaneIndex[],
  from: number,
  to: number,
  bins: number,
  worryingFrom: number,
): Histogram {
  const counts = new Uint32Array(bins);
  const worrying = new Uint32Array(bins);
  let highest = 0;
  for (const { times, ranks } of lanes) {
    for (let at = 0; at < times.length; at += 1) {
      const bin = Math.floor((((times[at] ?? 0) - from) / (to - from)) * bins);
      if (bin < 0 || bin >= bins) continue;
      counts[bin] = (counts[bin] ?? 0) + 1;
      if ((ranks[at] ?? 0) >= worryingFrom) worrying[bin] = (worrying[bin] ?? 0) + 1;
      highest = Math.max(highest, counts[bin] ?? 0);
    }
  }
  return { from, to, counts, worrying, highest };
}
