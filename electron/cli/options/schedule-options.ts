import { Option } from 'commander';
import type { z } from 'zod';
import {
  type ConditionRules,
  clockTimeSchema,
  conditionRulesSchema,
  type Schedule,
  scheduleSchema,
  type TimeWindow,
  weekdays,
} from '../../../shared/domain/schedule/schedule.ts';
import { parseIn } from './durations.ts';
import { usage } from './usage.ts';

export interface ScheduleOptions {
  readonly every?: string;
  readonly atMinute?: string;
  readonly dailyAt?: readonly string[];
  readonly on?: readonly string[];
  readonly whenQuiet?: string;
  readonly afterChanges?: string;
  readonly atMostEvery?: string;
  readonly atLeastEvery?: string;
  readonly latestAt?: string;
  readonly manual?: boolean;
  readonly onBattery?: string;
  readonly onMetered?: string;
  readonly window?: readonly string[];
  readonly lateAfter?: string;
}

/** One of the first five says when; the rest under which conditions. */
export const scheduleOptions: readonly Option[] = [
  new Option('--every <hours>', 'every 1h, 2h, 3h, 4h, 6h, 8h or 12h, by the clock'),
  new Option('--at-minute <minute>', 'with --every: the minute of the hour'),
  new Option('--daily-at <times...>', 'at these times of day, like 09:30 18:00'),
  new Option('--on <days...>', 'with --daily-at: mon tue ..., weekdays or weekends; every day without it'),
  new Option('--when-quiet <time>', 'when nothing was written for so long, like 20m'),
  new Option('--after-changes <count>', 'when so many files or folders have changed'),
  new Option('--at-most-every <time>', 'with --when-quiet or --after-changes: not again sooner, like 1h'),
  new Option('--at-least-every <time>', 'with --when-quiet or --after-changes: after so long in any case, like 1d'),
  new Option('--latest-at <time>', 'with --when-quiet or --after-changes: at this time of day in any case, like 03:00'),
  new Option('--manual', 'only when somebody asks'),
  new Option('--on-battery <what>', 'on battery: as-usual, daily or wait'),
  new Option('--on-metered <what>', 'on a network paid by volume: run or wait'),
  new Option('--window <times...>', 'begin only then, like "mon-fri 19:00-06:00"; "any" for at any time'),
  new Option('--late-after <time>', 'say that it is late when the last good snapshot is so old; "auto" works it out'),
];

/** The kinds of schedule, by the option that chooses each. */
const kinds = ['--every', '--daily-at', '--when-quiet', '--after-changes', '--manual'] as const;

/** Undefined when nothing of it was said. */
export function scheduleFrom(options: ScheduleOptions): Schedule | undefined {
  const values = [options.every, options.dailyAt, options.whenQuiet, options.afterChanges, options.manual];
  const said = kinds.filter((_, index) => values[index] !== undefined);
  if (said.length > 1) {
    throw usage(said.join(', '), 'A source has one schedule.', `Use only one of ${kinds.join(', ')}.`);
  }
  belongsTo(options.atMinute, '--at-minute', said, ['--every']);
  belongsTo(options.on, '--on', said, ['--daily-at']);
  for (const [value, name] of [
    [options.atMostEvery, '--at-most-every'],
    [options.atLeastEvery, '--at-least-every'],
    [options.latestAt, '--latest-at'],
  ] as const) {
    belongsTo(value, name, said, ['--when-quiet', '--after-changes']);
  }
  if (options.atLeastEvery !== undefined && options.latestAt !== undefined) {
    throw usage('--latest-at, --at-least-every', 'Both say when it is made in any case.', 'Use only one of them.');
  }
  const [kind] = said;
  return kind === undefined ? undefined : checked(scheduleSchema, draftOf(kind, options), kind);
}

function draftOf(kind: (typeof kinds)[number], options: ScheduleOptions): unknown {
  const { every = '', atMinute = '0', dailyAt = [], on, whenQuiet = '', afterChanges = '' } = options;
  const pace = {
    atMostEveryMinutes: parseIn('minutes', options.atMostEvery ?? '1h', '--at-most-every'),
    atLeastEveryHours: parseIn('hours', options.atLeastEvery ?? '24h', '--at-least-every'),
    ...(options.latestAt === undefined ? {} : { latestAt: checked(clockTimeSchema, options.latestAt, '--latest-at') }),
  };
  switch (kind) {
    case '--every':
      return { kind: 'hourly', everyHours: everyHours(every), minute: wholeNumber(atMinute, '--at-minute') };
    case '--daily-at':
      return {
        kind: 'daily',
        at: dailyAt.flatMap((times) => times.split(',')),
        days: daysFrom(on ?? ['daily'], '--on'),
      };
    case '--when-quiet':
      return { kind: 'quiet', quietMinutes: parseIn('minutes', whenQuiet, '--when-quiet'), ...pace };
    case '--after-changes':
      return { kind: 'changes', changes: wholeNumber(afterChanges, '--after-changes'), ...pace };
    case '--manual':
      return { kind: 'manual' };
  }
}

/** `before` with what was said changed. */
export function conditionsFrom(options: ScheduleOptions, before: ConditionRules): ConditionRules {
  const { onBattery, onMetered, window } = options;
  const changed = {
    ...before,
    ...(onBattery === undefined ? {} : { onBattery }),
    ...(onMetered === undefined ? {} : { onMetered }),
  };
  const named = { onBattery: '--on-battery', onMetered: '--on-metered', windows: '--window' };
  const windows = window === undefined ? before.windows : windowsFrom(window, '--window');
  return checked(conditionRulesSchema, { ...changed, windows }, named);
}

/** Hours; null: worked out from the schedule. Undefined when nothing was said. */
export function lateAfterFrom({ lateAfter }: ScheduleOptions): number | null | undefined {
  if (lateAfter === undefined || lateAfter === 'auto') return lateAfter === undefined ? undefined : null;
  const hours = parseIn('hours', lateAfter, '--late-after');
  if (hours >= 1 && hours <= 8784) return hours;
  throw usage('--late-after', `"${lateAfter}" is not from one hour to a year.`, 'Leave it out, or use "auto".');
}

/** Windows as they are written for `option`; "any" for none. */
export function windowsFrom(texts: readonly string[], option: string): TimeWindow[] {
  if (texts.length === 1 && texts[0] === 'any') return [];
  return texts.map((text) => {
    const [, days, from, to] = /^(?:(\S+)\s+)?(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text.trim()) ?? [];
    if (from === undefined || to === undefined) {
      throw usage(option, `"${text}" is no time window.`, 'Write it like "mon-fri 19:00-06:00" or "08:00-12:00".');
    }
    return { days: daysFrom([days ?? 'daily'], option), from, to };
  });
}

const groups: Readonly<Record<string, readonly (typeof weekdays)[number][]>> = {
  daily: weekdays,
  weekdays: weekdays.slice(0, 5),
  weekends: weekdays.slice(5),
};

/** Single days, `mon-fri`, `weekdays`, `weekends`, `daily`; in the order of the week. */
function daysFrom(texts: readonly string[], option: string): (typeof weekdays)[number][] {
  const chosen = new Set(
    texts.flatMap((text) => text.toLowerCase().split(',')).flatMap((text) => groups[text] ?? spanOf(text, option)),
  );
  return weekdays.filter((day) => chosen.has(day));
}

function spanOf(text: string, option: string): (typeof weekdays)[number][] {
  const [first = '', last = first] = text.split('-');
  const from = (weekdays as readonly string[]).indexOf(first);
  const to = (weekdays as readonly string[]).indexOf(last);
  if (from === -1 || to === -1) {
    throw usage(option, `"${text}" is no day.`, `Use ${weekdays.join(', ')}, mon-fri, weekdays or weekends.`);
  }
  const length = ((to - from + weekdays.length) % weekdays.length) + 1;
  return Array.from({ length }, (_, index) => weekdays[(from + index) % weekdays.length] as (typeof weekdays)[number]);
}

function everyHours(text: string): number {
  const hours = /^(?:hour|(\d{1,2})\s*(?:h|hours?)?)$/.exec(text);
  if (!hours) throw usage('--every', `"${text}" is no number of hours.`, 'Use 1h, 2h, 3h, 4h, 6h, 8h or 12h.');
  return Number(hours[1] ?? 1);
}

function wholeNumber(text: string, option: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usage(option, `"${text}" is no whole number.`, 'Write it in digits.');
}

function belongsTo(value: unknown, option: string, said: readonly string[], wanted: readonly string[]): void {
  if (value === undefined || said.some((kind) => wanted.includes(kind))) return;
  throw usage(option, `${option} goes with ${wanted.join(' or ')}.`, 'Say that too, or leave it out.');
}

/** What the schema refuses, in the words of the option. `names`: one option, or the option of each field. */
export function checked<T>(schema: z.ZodType<T>, draft: unknown, names: string | Readonly<Record<string, string>>): T {
  const result = schema.safeParse(draft);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = String(issue?.path[0] ?? '');
  const option = typeof names === 'string' ? names : (names[field] ?? field);
  throw usage(option, `That cannot be: ${issue?.message ?? 'not understood'}.`, '`--help` says what there is.');
}
