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
