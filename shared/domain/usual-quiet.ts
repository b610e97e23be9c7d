import { z } from 'zod';
import { mergeStretches, type Stretch } from './static-windows.ts';

/** The longest part of the day in which a source usually rests, and how many days that is known from. */
export const usualQuietSchema = z.object({
  /** Minutes of the clock on the wall, from midnight. */
  fromMinute: z.number().int().min(0).max(1439),
  /** Up to 1440; not later than `fromMinute` where it goes past midnight. */
  toMinute: z.number().int().min(1).max(1440),
  /** On so many days no write was seen in all of it, */
  days: z.number().int().positive(),
  /** of so many on which somebody watched all of it. */
  ofDays: z.number().int().positive(),
});
export type UsualQuiet = z.infer<typeof usualQuietSchema>;

/** When the clock on the wall shows so many minutes after midnight, so many days after the day of an instant. */
export type InstantOf = (ofMs: number, days: number, minutes: number) => number;

const dayMs = 24 * 3_600_000;
const cellMinutes = 30;
const cells = 1440 / cellMinutes;
/** What was usual longer ago is not usual. */
const weighedDays = 28;
/** Fewer days, or a shorter time, say too little. */
const leastDays = 5;
const leastCells = 2;
const leastShare = 0.75;

const onThisSystem: InstantOf = (ofMs, days, minutes) => {
  const of = new Date(ofMs);
  return new Date(of.getFullYear(), of.getMonth(), of.getDate() + days, 0, minutes).getTime();
};

/**
 * When a source is usually quiet: the longest part of the day, in half hours, in which no write was seen on three of four days
 * of the last four weeks. Only days on which all of it was watched count, and one write in it makes a day none of them. Null:
 * there is no such time, or too little was watched to say.
 */
export function usualQuiet(
  quiet: readonly Stretch[],
  watched: readonly Stretch[],
  nowMs: number,
  instantOf: InstantOf = onThisSystem,
): UsualQuiet | null {
  const quietThen = mergeStretches(quiet);
  const watchedThen = mergeStretches([...watched, ...quiet]);
  const first = Math.max(nowMs - weighedDays * dayMs, watchedThen[0]?.fromMs ?? nowMs);
  const reaches: { readonly quiet: readonly number[]; readonly watched: readonly number[] }[] = [];
  for (let day = 0; instantOf(first, day, 0) < nowMs; day += 1) {
    const marks = Array.from({ length: 2 * cells + 1 }, (_, at) => instantOf(first, day, at * cellMinutes));
    reaches.push({ quiet: reachesOf(marks, quietThen), watched: reachesOf(marks, watchedThen) });
  }
  for (let length = cells; length >= leastCells; length -= 1) {
    const best = bestOf(reaches, length);
    if (best !== null) return best;
  }
  return null;
}

function bestOf(
  reaches: readonly { readonly quiet: readonly number[]; readonly watched: readonly number[] }[],
  length: number,
): UsualQuiet | null {
  let best: UsualQuiet | null = null;
  for (let at = 0; at < cells; at += 1) {
    const ofDays = reaches.filter(({ watched }) => (watched[at] ?? 0) >= length).length;
    const days = reaches.filter(({ quiet }) => (quiet[at] ?? 0) >= length).length;
    if (ofDays < leastDays || days < leastShare * ofDays) continue;
    if (best !== null && days * best.ofDays <= best.days * ofDays) continue;
    const end = (at + length) * cellMinutes;
    best = { fromMinute: at * cellMinutes, toMinute: end > 1440 ? end - 1440 : end, days, ofDays };
  }
  return best;
}

/** From each mark, over how many whole cells one stretch reaches. Two that touch would be one. */
function reachesOf(marks: readonly number[], stretches: readonly Stretch[]): number[] {
  const reaches = new Array<number>(marks.length).fill(0);
  let at = stretches.length - 1;
  for (let mark = marks.length - 2; mark >= 0; mark -= 1) {
    const [from, to] = [marks[mark] as number, marks[mark + 1] as number];
    while (at >= 0 && (stretches[at] as Stretch).fromMs > from) at -= 1;
    const isWithin = at >= 0 && (stretches[at] as Stretch).toMs >= to;
    reaches[mark] = isWithin ? 1 + (reaches[mark + 1] as number) : 0;
  }
  return reaches;
}
