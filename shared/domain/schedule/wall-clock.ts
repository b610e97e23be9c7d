import { Temporal } from 'temporal-polyfill';
import { type Weekday, weekdays } from './schedule.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/**
 * A stretch of time in which a zone's distance from UTC does not change. Within it `local = instant + offset`, where `local`
 * is what the wall clock shows, written as if it were UTC. All numbers are milliseconds.
 */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
  /** The offset until `from`. A larger one than `offset`: wall-clock times repeat. A smaller one: some do not exist. */
  readonly offsetBefore: number;
}

/** No zone was ever moved by more than a day, so this far back lies all that can repeat. */
const longestChange = 2 * dayMs;

/** The stretches that cover all from `from` to `to`, ascending. Throws a RangeError for a zone nobody knows. */
export function stretchesBetween(from: number, to: number, zone: string): Stretch[] {
  const begin = from - longestChange;
  const stretches: Stretch[] = [];
  let start = begin;
  let offset = yearOf(utcYear(begin), zone).offset;
  let offsetBefore = offset;
  for (let year = utcYear(begin); year <= utcYear(to); year++) {
    for (const change of yearOf(year, zone).changes) {
      if (change.at > to) break;
      if (change.at <= begin) {
        offset = change.offset;
        offsetBefore = offset;
        continue;
      }
      stretches.push({ from: start, to: change.at, offset, offsetBefore });
      start = change.at;
      offsetBefore = offset;
      offset = change.offset;
    }
  }
  stretches.push({ from: start, to: to + 1, offset, offsetBefore });
  return stretches.filter((stretch) => stretch.to > from);
}

/** Minutes since midnight of `09:30`. */
export function minutesOf(clockTime: string): number {
  return Number(clockTime.slice(0, 2)) * 60 + Number(clockTime.slice(3, 5));
}

/** Number of the day a local time lies in; day 0 is 1970-01-01. */
export function dayOf(local: number): number {
  return Math.floor(local / dayMs);
}

/** Day 0 was a Thursday. */
export function weekdayOf(day: number): Weekday {
  const index = (((day + 3) % 7) + 7) % 7;
  return weekdays[index] as Weekday;
}

interface ZoneYear {
  /** Just before it begins in UTC. */
  readonly offset: number;
  readonly changes: readonly { readonly at: number; readonly offset: number }[];
}

/** Looking up a zone is slow and never changes while a process lives, so a year of a zone is looked up once. */
const known = new Map<string, ZoneYear>();
const mostKnown = 2000;

function yearOf(year: number, zone: string): ZoneYear {
  const key = `${zone} ${year}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const end = Date.UTC(year + 1, 0);
  const before = zoned(Date.UTC(year, 0) - 1, zone);
  const changes: { at: number; offset: number }[] = [];
  let at = before.getTimeZoneTransition('next');
  while (at !== null && at.epochMilliseconds < end) {
    changes.push({ at: at.epochMilliseconds, offset: offsetOf(at) });
    at = at.getTimeZoneTransition('next');
  }
  if (known.size >= mostKnown) known.clear();
  const result = { offset: offsetOf(before), changes };
  known.set(key, result);
  return result;
}

function offsetOf(at: Temporal.ZonedDateTime): number {
  return Math.round(at.offsetNanoseconds / 1_000_000);
}

function zoned(at: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(zone);
}

function utcYear(at: number): number {
  return new Date(at).getUTCFullYear();
}
