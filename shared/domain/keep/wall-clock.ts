import { Temporal } from 'temporal-polyfill';
import type { KeepDuration } from './rules.ts';

const msPerMinute = 60_000;
const msPerHour = 3_600_000;

/** Which hour, day, ISO week, month and year an instant is in; equal numbers are the same one. */
export interface Buckets {
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  readonly yearly: number;
}

/** Whether there is a time zone of this name (IANA). */
export function isTimeZone(name: string): boolean {
  try {
    instant(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/** The time zone of this machine, an IANA name; UTC where it has none that is known. */
export function localZone(): string {
  const name = Temporal.Now.timeZoneId();
  return isTimeZone(name) ? name : 'UTC';
}

/** Minutes east of UTC of a zone's wall clock at an instant (milliseconds since the epoch). */
export function offsetOf(zone: string, ms: number): number {
  return instant(ms).toZonedDateTimeISO(zone).offsetNanoseconds / 60e9;
}

export function bucketsOf(ms: number, offsetMinutes: number): Buckets {
  const { year, month, day, hour, weekOfYear, yearOfWeek } = instant(
    ms + offsetMinutes * msPerMinute,
  ).toZonedDateTimeISO('UTC');
  const monthly = year * 100 + month;
  const daily = monthly * 100 + day;
  return {
    hourly: daily * 100 + hour,
    daily,
    weekly: (yearOfWeek ?? year) * 100 + (weekOfYear ?? 0),
    monthly,
    yearly: year,
  };
}

/**
 * An instant less a duration on the calendar, as Go's `AddDate` and `Add` count: years, months and days on the wall clock
 * at once, a day that its month does not have runs over into the next one (31 March less a month is 3 March), a time of
 * day that its day does not have is moved; then hours as they pass. `zone` is a name, or minutes east of UTC.
 */
export function before(ms: number, duration: KeepDuration, zone: string | number): number {
  const offsetAt = (at: number): number => (typeof zone === 'number' ? zone : offsetOf(zone, at)) * msPerMinute;
  const wall = instant(ms + offsetAt(ms)).toZonedDateTimeISO('UTC');
  const first = wall
    .toPlainDate()
    .with({ day: 1 })
    .subtract({ months: duration.years * 12 + duration.months });
  const day = first.add({ days: wall.day - 1 - duration.days });
  const local = day.toZonedDateTime({ timeZone: 'UTC', plainTime: wall.toPlainTime() }).epochMilliseconds;
  // The offset is looked up as if the wall clock were UTC, and once more with what that gives.
  const guess = offsetAt(local);
  const offset = guess === 0 ? 0 : offsetAt(local - guess);
  return local - offset - duration.hours * msPerHour;
}

function instant(ms: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(ms);
}
