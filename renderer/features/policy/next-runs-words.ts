import { calendarDaysBetween, dateFormat, formatDay, formatTime } from '../../ui/format/date-time.ts';
import { formatLocale } from '../../ui/format/locale.ts';

/** Runs of one day, the day named once. */
export interface DayOfRuns {
  readonly day: string;
  readonly times: readonly string[];
}

/** `today 12:00, 13:00, 14:00`, then the days after it. */
export function groupRuns(runs: readonly number[], now: number): DayOfRuns[] {
  return [...Map.groupBy(runs, (time) => calendarDaysBetween(now, time)).values()].map((times) => ({
    day: lowerFirst(shortDay(times[0] ?? now, now)),
    times: times.map((time) => formatTime(time)),
  }));
}

/** Within a week the name of the day is enough. */
function shortDay(time: number, now: number): string {
  const days = calendarDaysBetween(now, time);
  return days > 1 && days < 7 ? dateFormat({ weekday: 'short' }).format(time) : formatDay(time, now);
}

/** `Today` within a sentence; names of days keep their capital where the language writes it. */
function lowerFirst(day: string): string {
  return /^\p{L}{4,}$/u.test(day) ? day.toLocaleLowerCase(formatLocale()) : day;
}
