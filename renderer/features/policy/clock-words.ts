import { type Weekday, weekdays } from '../../../shared/domain/schedule/schedule.ts';
import { dateFormat, formatTime } from '../../ui/format/date-time.ts';

/** `09:30` as the locale writes it. */
export function clockWords(time: string): string {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return formatTime(new Date(2024, 0, 1, hours, minutes).getTime());
}

/** `Mon`, or `Monday`. The first of January 2024 was one. */
export function dayName(day: Weekday, style: 'short' | 'long' = 'short'): string {
  return dateFormat({ weekday: style }).format(new Date(2024, 0, 1 + weekdays.indexOf(day), 12));
}

export const workdays: readonly Weekday[] = weekdays.slice(0, 5);
export const weekend: readonly Weekday[] = weekdays.slice(5);

/** How a set of days is called. */
export type DaysKind = 'every' | 'workdays' | 'weekend' | 'some';

export function daysKind(days: readonly Weekday[]): DaysKind {
  const has = (some: readonly Weekday[]): boolean =>
    days.length === some.length && some.every((day) => days.includes(day));
  if (has(weekdays)) return 'every';
  if (has(workdays)) return 'workdays';
  return has(weekend) ? 'weekend' : 'some';
}

/** In the order of the week, each once. */
export function inOrder(days: readonly Weekday[]): Weekday[] {
  return weekdays.filter((day) => days.includes(day));
}
