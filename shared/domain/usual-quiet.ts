import { mergeStretches, type Stretch } from './static-windows.ts';

/** One hour of the week, as far as it was watched. */
export interface QuietHour {
  /** 0 is Sunday, as in Date. */
  readonly weekday: number;
  /** 0 to 23, of the clock on the wall. */
  readonly hour: number;
  readonly watchedMs: number;
  readonly quietMs: number;
  /** Of the time that was watched; null when that is too little to say. */
  readonly share: number | null;
}

/** 168 hours, from Sunday 0 o'clock. */
export type UsualQuiet = readonly QuietHour[];

/** Says in which hour of the week an instant lies. Default: the clock of this system. */
export type HourOfWeek = (atMs: number) => { readonly weekday: number; readonly hour: number };

/** An hour of the week says something once it was watched this long, summed over weeks. */
const leastWatchedMs = 2 * 3_600_000;
/** No zone's clock changes within less. */
const sliceMs = 15 * 60_000;

const onThisSystem: HourOfWeek = (atMs) => {
  const date = new Date(atMs);
  return { weekday: date.getDay(), hour: date.getHours() };
};

/**
 * In which hours of the week a source is usually quiet: for each, the share of the time watched in which nothing changed. Time
 * in which nobody watched counts for nothing, neither way.
 */
export function usualQuiet(
  quiet: readonly Stretch[],
  watched: readonly Stretch[],
  hourOfWeek: HourOfWeek = onThisSystem,
): UsualQuiet {
  const allWatched = mergeStretches([...watched, ...quiet]);
  const [quietMs, watchedMs] = [sumByHour(mergeStretches(quiet), hourOfWeek), sumByHour(allWatched, hourOfWeek)];
  return watchedMs.map((watchedHere, index) => {
    const quietHere = quietMs[index] ?? 0;
    const share = watchedHere < leastWatchedMs ? null : quietHere / watchedHere;
    return { weekday: Math.floor(index / 24), hour: index % 24, watchedMs: watchedHere, quietMs: quietHere, share };
  });
}

/** Whether a source is nearly always quiet at this time of the week; null when that is not known. */
export function isUsuallyQuiet(usual: UsualQuiet, atMs: number, hourOfWeek: HourOfWeek = onThisSystem): boolean | null {
  const { weekday, hour } = hourOfWeek(atMs);
  const share = usual[weekday * 24 + hour]?.share ?? null;
  return share === null ? null : share >= 0.9;
}

function sumByHour(stretches: readonly Stretch[], hourOfWeek: HourOfWeek): number[] {
  const sums = new Array<number>(7 * 24).fill(0);
  for (const { fromMs, toMs } of stretches) {
    for (let at = fromMs; at < toMs; ) {
      const next = Math.min(toMs, Math.floor(at / sliceMs) * sliceMs + sliceMs);
      const { weekday, hour } = hourOfWeek(at);
      const index = weekday * 24 + hour;
      sums[index] = (sums[index] ?? 0) + next - at;
      at = next;
    }
  }
  return sums;
}
