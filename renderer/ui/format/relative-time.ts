import { formatLocale } from './locale.ts';

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number, number])[] = [
  ['minute', 60_000, 3_600_000],
  ['hour', 3_600_000, 86_400_000],
  ['day', 86_400_000, 14 * 86_400_000],
  ['week', 7 * 86_400_000, 61 * 86_400_000],
  ['month', 30.44 * 86_400_000, 730 * 86_400_000],
  ['year', 365.25 * 86_400_000, Number.POSITIVE_INFINITY],
];

/** `11 min ago`, `in 20 min`, `4 days ago`; below a minute `now`. Rounded toward now, so nothing looks older than it is. */
export function formatRelative(ms: number, nowMs: number, style: 'short' | 'narrow' = 'short'): string {
  const difference = ms - nowMs;
  const size = Math.abs(difference);
  const formatter = new Intl.RelativeTimeFormat(formatLocale(), { numeric: 'auto', style });
  if (size < 60_000) return formatter.format(0, 'second');
  const [unit, unitMs] = steps.find(([, , below]) => size < below) ?? ['year', 365.25 * 86_400_000];
  const numeric = unit === 'day' ? formatter : new Intl.RelativeTimeFormat(formatLocale(), { style });
  return numeric.format(Math.sign(difference) * Math.floor(size / unitMs), unit);
}
