import { z } from 'zod';
import { hookNameSchema, maxHooks } from './hooks.ts';
import { type TimeWindow, timeWindowSchema, type Weekday, weekdays } from './schedule/schedule.ts';
import { minutesOf } from './schedule/wall-clock.ts';
import { nextAllowed } from './schedule/windows.ts';

const holdOrLive = z.enum(['hold', 'live']);
export type HoldOrLive = z.infer<typeof holdOrLive>;

/**
 * When writers may be held at all, whoever asked for the run. Where they may not, it copies live, and is reported as
 * weaker where more was required.
 */
export const stillRulesSchema = z.object({
  /** Writers are held only within one of these; empty: at any time. */
  windows: z.array(timeWindowSchema).max(20),
  onBattery: holdOrLive,
  /** A disk that others keep busy makes every pause longer. */
  busyDisk: z.object({
    /** How long a quieter moment is waited for, seconds. */
    waitSeconds: z.number().int().min(0).max(600),
    /** What is done when none came. */
    afterwards: holdOrLive,
  }),
  /** Programs that are called before writers are held and after they run again, by name, in any order. */
  hooks: z
    .array(hookNameSchema)
    .max(maxHooks)
    .refine((names) => new Set(names).size === names.length, 'a hook is named once')
    .default([]),
});
export type StillRules = z.infer<typeof stillRulesSchema>;

export const defaultStillRules: StillRules = {
  windows: [],
  onBattery: 'hold',
  busyDisk: { waitSeconds: 10, afterwards: 'hold' },
  hooks: [],
};

export interface HoldMoment {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The zone that times of day are meant in. */
  readonly zone: string;
  /** Null: it cannot be told, and counts as mains. */
  readonly onMains: boolean | null;
}

/** Why writers may not be held at a moment, as a sentence for people; null where they may. */
export function holdRefusal(rules: StillRules, { at, zone, onMains }: HoldMoment): string | null {
  if (nextAllowed(rules.windows, at, zone) !== at) return windowsSentence(rules.windows);
  if (rules.onBattery === 'live' && onMains === false) return onBatterySentence;
  return null;
}

export const onBatterySentence = 'Writers are not held while the computer runs on battery.';

/** The disk stayed busy, and the rules say not to hold then. */
export function busyDiskSentence({ busyDisk }: StillRules): string {
  if (busyDisk.waitSeconds === 0) return 'Other programs keep the disk busy, and writers are not held then.';
  return `Other programs kept the disk busy for ${seconds(busyDisk.waitSeconds)}, and writers are not held then.`;
}

/** `Writers may be held between 22:00 and 06:00 only.` */
export function windowsSentence(windows: readonly TimeWindow[]): string {
  if (windows.length === 0) return 'Writers may be held at any time.';
  return `Writers may be held ${windows.map(windowPhrase).join(', or ')} only.`;
}

/** What differs from the default, one English sentence each: what the command line says. */
export function stillSentences(rules: StillRules): string[] {
  const { windows, onBattery, busyDisk, hooks } = rules;
  const isBusyUsual =
    busyDisk.afterwards === defaultStillRules.busyDisk.afterwards &&
    busyDisk.waitSeconds === defaultStillRules.busyDisk.waitSeconds;
  return [
    ...(windows.length === 0 ? [] : [windowsSentence(windows)]),
    ...(onBattery === 'live' ? [onBatterySentence] : []),
    ...(isBusyUsual ? [] : [busyRuleSentence(rules)]),
    ...(hooks.length === 0
      ? []
      : [`Called before the pause, and after it in reverse: ${hooks.toSorted(byName).join(', ')}.`]),
  ];
}

/** Hooks are called in this order before the pause, and in reverse after it. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * What of `next` holds others up more than `now` did, or lets more be done in the name of the system: somebody who agreed
 * to `now` did not agree to that. Null: nothing.
 */
export function widerStill(
  now: StillRules,
  next: StillRules,
): { readonly field: string; readonly what: string } | null {
  if (!isWithin(next.windows, now.windows))
    return { field: 'policy.still.windows', what: 'Holding writers at other times of day' };
  if (now.onBattery === 'live' && next.onBattery === 'hold')
    return { field: 'policy.still.onBattery', what: 'Holding writers on battery' };
  if (now.busyDisk.afterwards === 'live' && next.busyDisk.afterwards === 'hold')
    return { field: 'policy.still.busyDisk.afterwards', what: 'Holding writers while the disk is busy' };
  const added = next.hooks.find((name) => !now.hooks.includes(name));
  if (added !== undefined) return { field: 'policy.still.hooks', what: `Calling the hook ${added}` };
  return null;
}

const minutesPerDay = 24 * 60;
const minutesPerWeek = 7 * minutesPerDay;

/** Whether each minute of a week that `inner` allows is allowed by `outer`. No windows allow all of it. */
function isWithin(inner: readonly TimeWindow[], outer: readonly TimeWindow[]): boolean {
  if (outer.length === 0) return true;
  const allowed = minutesOfWeek(outer);
  if (inner.length === 0) return allowed.size === minutesPerWeek;
  return [...minutesOfWeek(inner)].every((minute) => allowed.has(minute));
}

function minutesOfWeek(windows: readonly TimeWindow[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { days, from, to } of windows) {
    const opens = minutesOf(from);
    const closes = minutesOf(to);
    const end = closes <= opens ? closes + minutesPerDay : closes;
    for (const day of days) {
      const start = weekdays.indexOf(day) * minutesPerDay;
      for (let minute = opens; minute < end; minute += 1) found.add((start + minute) % minutesPerWeek);
    }
  }
  return found;
}

function busyRuleSentence({ busyDisk: { waitSeconds, afterwards } }: StillRules): string {
  if (waitSeconds === 0)
    return afterwards === 'hold'
      ? 'Writers are held whether the disk is busy or not.'
      : 'Writers are not held while other programs keep the disk busy.';
  const waits = `A busy disk is given ${seconds(waitSeconds)} to become quieter`;
  return afterwards === 'hold'
    ? `${waits}; then writers are held all the same.`
    : `${waits}; if it does not, writers are not held.`;
}

function seconds(count: number): string {
  return count === 1 ? '1 second' : `${count} seconds`;
}

const dayNames: Readonly<Record<Weekday, string>> = {
  mon: 'Mondays',
  tue: 'Tuesdays',
  wed: 'Wednesdays',
  thu: 'Thursdays',
  fri: 'Fridays',
  sat: 'Saturdays',
  sun: 'Sundays',
};

function windowPhrase({ days, from, to }: TimeWindow): string {
  const when = daysPhrase(days);
  // The same time twice is a whole day.
  const hours = from === to ? (from === '00:00' ? '' : `for a day from ${from}`) : `between ${from} and ${to}`;
  return [when, hours].filter((part) => part !== '').join(' ') || 'at any hour';
}

function daysPhrase(days: readonly Weekday[]): string {
  const chosen = weekdays.filter((day) => days.includes(day));
  const key = chosen.join(' ');
  if (chosen.length === 7) return '';
  if (key === 'mon tue wed thu fri') return 'on weekdays';
  if (key === 'sat sun') return 'on weekends';
  const names = chosen.map((day) => dayNames[day]);
  return `on ${names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`}`;
}
