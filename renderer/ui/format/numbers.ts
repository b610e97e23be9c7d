import { formatLocale } from './locale.ts';

const cache = new Map<string, Intl.NumberFormat>();

/** At most `maxDigits` digits after the point, trailing zeros dropped. */
export function formatNumber(value: number, maxDigits = 0): string {
  return format(value, { maximumFractionDigits: maxDigits });
}

/** `0.58` -> `58 %` in the locale's own form. Rounded down: 100 % is said only when it is reached. */
export function formatPercent(fraction: number): string {
  const whole = Math.min(100, Math.max(0, Math.floor(fraction * 100 + 1e-9)));
  return format(whole / 100, { style: 'percent' });
}

function format(value: number, options: Intl.NumberFormatOptions): string {
  const key = `${formatLocale()}${JSON.stringify(options)}`;
  let formatter = cache.get(key);
  if (formatter === undefined) {
    formatter = new Intl.NumberFormat(formatLocale(), options);
    cache.set(key, formatter);
  }
  return formatter.format(value);
}
