import { type KeepRules, keepsEverything, type WithinName, withinRules } from './rules.ts';
import { type Buckets, before, bucketsOf, offsetOf } from './wall-clock.ts';

export interface KeptSnapshot {
  readonly id: string;
  /** Milliseconds since the epoch, and nanoseconds beyond them (0 to 999999): an hour ends at its last nanosecond. */
  readonly time: number;
  readonly nanoseconds?: number | undefined;
  readonly tags: readonly string[];
  /**
   * The wall clock it was made by, in minutes east of UTC, as its file says (0 where the file says UTC). Undefined: that
   * of the machine's zone at its time.
   */
  readonly offsetMinutes?: number | undefined;
}

export interface KeepDecision {
  readonly id: string;
  readonly keep: boolean;
  /** `last`, `hourly`, ..., `within`, `tag`; empty for what goes. */
  readonly reasons: readonly string[];
}

const counted = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
type Counted = (typeof counted)[number];

const bucketOfWithin: Readonly<Record<Exclude<WithinName, 'within'>, keyof Buckets>> = {
  withinHourly: 'hourly',
  withinDaily: 'daily',
  withinWeekly: 'weekly',
  withinMonthly: 'monthly',
  withinYearly: 'yearly',
};

/** A snapshot with what is looked at again and again worked out once. */
export interface Prepared extends KeptSnapshot {
  readonly buckets: Buckets;
}

export function prepare<Snapshot extends KeptSnapshot>(snapshot: Snapshot, zone: string): Snapshot & Prepared {
  const { time, offsetMinutes = offsetOf(zone, time) } = snapshot;
  return { ...snapshot, buckets: bucketsOf(time, offsetMinutes) };
}

/**
 * The decisions of restic 0.18 over one group of snapshots, newest first; of equal times the one that was given first
 * counts as the newer. `zone` is the machine's, `now` in milliseconds.
 *
 * A snapshot is in the hour, day, week, month and year of the wall clock it was made by, wherever this is decided: what
 * counts is the offset in its file. Durations count back from the newest snapshot that is not in the future, on the wall
 * clock of `zone` where that snapshot was made by it, else on the snapshot's own.
 *
 * restic 0.14 decides the same but for two things: it does not keep the oldest snapshot for a rule that has counts left,
 * and it has no word for "all".
 *
 * Pins, safety snapshots and the newest good snapshot are not its business: whoever forgets leaves them out or keeps them
 * besides.
 */
export function applyKeepRules(
  snapshots: readonly KeptSnapshot[],
  rules: KeepRules,
  zone: string,
  now: number,
): KeepDecision[] {
  const newestFirst = snapshots.map((each) => prepare(each, zone)).sort((one, other) => compare(other, one));
  const reasons = reasonsToKeep(newestFirst, rules, zone, now);
  const keepAll = keepsEverything(rules);
  return newestFirst.map(({ id }, position) => {
    const own = reasons[position] ?? [];
    return { id, keep: keepAll || own.length > 0, reasons: own };
  });
}

/** For each snapshot, newest first, the rules that keep it. */
export function reasonsToKeep(
  newestFirst: readonly Prepared[],
  rules: KeepRules,
  zone: string,
  now: number,
): readonly (readonly string[])[] {
  const windows = windowsOf(newestFirst, rules, zone, now);
  const left = counted.flatMap((name) => {
    const count = rules[name];
    return count === 0 ? [] : [{ name, count: count === 'all' ? Number.POSITIVE_INFINITY : count, last: Number.NaN }];
  });
  return newestFirst.map((snapshot, position) => {
    const reasons: string[] = [];
    const isOldest = position === newestFirst.length - 1;
    if (rules.tags.some((tag) => snapshot.tags.includes(tag))) reasons.push('tag');
    for (const window of windows) if (window.bucket === null && isIn(snapshot, window)) reasons.push(window.name);
    for (const rule of left) {
      if (rule.count === 0) continue;
      const bucket = bucketFor(rule.name, snapshot, position);
      if (bucket === rule.last && !isOldest) continue;
      rule.last = bucket;
      rule.count -= 1;
      reasons.push(rule.name);
    }
    for (const window of windows) {
      if (window.bucket === null || !isIn(snapshot, window)) continue;
      const bucket = snapshot.buckets[window.bucket];
      if (bucket === window.last && !isOldest) continue;
      window.last = bucket;
      reasons.push(window.name);
    }
    return reasons;
  });
}

function bucketFor(name: Counted, { buckets }: Prepared, position: number): number {
  return name === 'last' ? position : buckets[name];
}

interface Window {
  readonly name: WithinName;
  readonly bucket: keyof Buckets | null;
  /** Snapshots later than this are in it. */
  readonly after: Moment;
  last: number;
}

function windowsOf(newestFirst: readonly Prepared[], rules: KeepRules, zone: string, now: number): Window[] {
  const newest = newestFirst.find(({ time }) => time < now);
  return withinRules(rules).map(({ name, duration }) => ({
    name,
    bucket: name === 'within' ? null : bucketOfWithin[name],
    after: newest
      ? { ...newest, time: before(newest.time, duration, clockOf(newest, zone)) }
      : { time: Number.NEGATIVE_INFINITY },
    last: Number.NaN,
  }));
}

function isIn(snapshot: Moment, { after }: Window): boolean {
  return compare(snapshot, after) > 0;
}

type Moment = Pick<KeptSnapshot, 'time' | 'nanoseconds'>;

/** Negative when the first is earlier. */
export function compare(one: Moment, other: Moment): number {
  return one.time === other.time ? (one.nanoseconds ?? 0) - (other.nanoseconds ?? 0) : one.time - other.time;
}

function clockOf({ offsetMinutes, time }: KeptSnapshot, zone: string): string | number {
  if (offsetMinutes === undefined) return zone;
  return offsetMinutes !== 0 && offsetMinutes === offsetOf(zone, time) ? zone : offsetMinutes;
}
