import { calendarDaysBetween, formatDay, formatTime } from '../../ui/format/date-time.ts';
import { formatLocale } from '../../ui/format/locale.ts';

/** Runs of one day, the day named once. */
export interface DayOfRuns {
  readonly day: string;
  readonly times: readonly string[];
  /** How many more there are than `times` tells. */
  readonly more: number;
}

/** `today 12:00, 13:00, 14:00`, then the days after it: at most `days` days with `each` times. */
export function groupRuns(runs: readonly number[], now: number, days: number, each: number): DayOfRuns[] {
  const groups = [...Map.groupBy(runs, (time) => calendarDaysBetween(now, time))].slice(0, days);
  return groups.map(([, times]) => ({
    day: lowerFirst(formatDay(times[0] ?? now, now)),
    times: times.slice(0, each).map((time) => formatTime(time)),
    more: Math.max(0, times.length - each),
  }));
}

/** `Today` within a sentence; names of days keep their capital where the language writes it. */
function lowerFirst(day: string): string {
  return /^\p{L}+$/u.test(day) ? day.toLocaleLowerCase(formatLocale()) : day;
}
