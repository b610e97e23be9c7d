import { formatLocale } from '../../ui/format/locale.ts';

const minute = 60_000;
const units = [
  ['week', 10_080],
  ['day', 1_440],
  ['hour', 60],
  ['minute', 1],
] as const;

/** A length of time that somebody chose, exactly: `10 minutes`, `90 minutes`, `1 hour`, `2 weeks`. */
export function spanWords(minutes: number): string {
  const [unit, size] = units.find(([, size]) => minutes >= size && minutes % size === 0) ?? ['minute', 1];
  return new Intl.NumberFormat(formatLocale(), { style: 'unit', unit, unitDisplay: 'long' }).format(minutes / size);
}

const roughUnits = [
  ['year', 365.25 * 1_440],
  ['month', 30.44 * 1_440],
  ['day', 1_440],
  ['hour', 60],
] as const;

/** About how long, in the largest unit that has two of it: `23 hours`, `29 days`, `11 months`. */
export function roughSpan(ms: number): string {
  const minutes = ms / minute;
  const [unit, size] = roughUnits.find(([, size]) => minutes >= 2 * size) ?? ['hour', 60];
  const amount = Math.max(1, Math.round(minutes / size));
  return new Intl.NumberFormat(formatLocale(), { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
}

export function hoursToMs(hours: number): number {
  return hours * 60 * minute;
}

const durationUnits = [
  ['y', 'year'],
  ['m', 'month'],
  ['d', 'day'],
  ['h', 'hour'],
] as const;

/** `1y5m` -> `1 year, 5 months`: a duration as keep rules write it. */
export function durationWords(text: string): string {
  const parts = durationUnits.flatMap(([letter, unit]) => {
    const amount = new RegExp(`(\\d+)${letter}`).exec(text)?.[1];
    if (amount === undefined) return [];
    return [new Intl.NumberFormat(formatLocale(), { style: 'unit', unit, unitDisplay: 'long' }).format(Number(amount))];
  });
  return new Intl.ListFormat(formatLocale(), { type: 'unit', style: 'long' }).format(parts);
}
