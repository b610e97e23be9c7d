import { formatLocale } from './locale.ts';

const cache = new Map<string, Intl.DateTimeFormat>();

export function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${formatLocale()}${JSON.stringify(options)}`;
  let formatter = cache.get(key);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(formatLocale(), options);
    cache.set(key, formatter);
  }
  return formatter;
}

const cycles = new Map<string, boolean>();

/** How the locale writes hours: `02:00`, but `2:00 PM` where the day is counted twice to twelve. */
export function hourStyle(): 'numeric' | '2-digit' {
  const locale = formatLocale();
  let twelve = cycles.get(locale);
  if (twelve === undefined) {
    twelve = new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions().hour12 === true;
    cycles.set(locale, twelve);
  }
  return twelve ? 'numeric' : '2-digit';
}

/** `02:00`, or the locale's 12-hour form, `2:00 PM`. */
export function formatTime(ms: number): string {
  return dateFormat({ hour: hourStyle(), minute: '2-digit' }).format(ms);
}

/** `02:00:03`. */
export function formatTimeSeconds(ms: number): string {
  return dateFormat({ hour: hourStyle(), minute: '2-digit', second: '2-digit' }).format(ms);
}

/** `02:00:03.412`. */
export function formatTimeMs(ms: number): string {
  return dateFormat({ hour: hourStyle(), minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 }).format(ms);
}

/** `20 Nov 2026`. */
export function formatDate(ms: number): string {
  return dateFormat({ day: 'numeric', month: 'short', year: 'numeric' }).format(ms);
}

/** `20 Nov 2026, 02:00`. */
export function formatDateTime(ms: number): string {
  return dateFormat({ day: 'numeric', month: 'short', year: 'numeric', hour: hourStyle(), minute: '2-digit' }).format(
    ms,
  );
}

/** Whole days from one local date to another, the days' own lengths (23 to 25 hours) set aside. */
export function calendarDaysBetween(fromMs: number, toMs: number): number {
  const from = new Date(fromMs);
  const to = new Date(toMs);
  const utc = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((utc(to) - utc(from)) / 86_400_000);
}

/** `Today`, `Yesterday`, `Tue 17 Nov`, `17 Nov 2025`: a day, the shorter the nearer. */
export function formatDay(ms: number, nowMs: number): string {
  const days = calendarDaysBetween(ms, nowMs);
  if (days === 0 || days === 1 || days === -1) {
    const word = new Intl.RelativeTimeFormat(formatLocale(), { numeric: 'auto' }).format(-days, 'day');
    return word.charAt(0).toLocaleUpperCase(formatLocale()) + word.slice(1);
  }
  const sameYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear();
  return dateFormat(
    sameYear
      ? { weekday: 'short', day: 'numeric', month: 'short' }
      : { day: 'numeric', month: 'short', year: 'numeric' },
  ).format(ms);
}
