import { z } from 'zod';

/** A time of day on the wall clock of the machine's zone: `09:30`. */
export const clockTimeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day looks like 09:30');

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const weekdaySchema = z.enum(weekdays);
export type Weekday = (typeof weekdays)[number];

const days = z.array(weekdaySchema).min(1, 'choose at least one day').max(7);
const atMostEveryMinutes = z.number().int().min(15, 'not more often than every 15 minutes').max(10_080);
const atLeastEveryHours = z.number().int().min(1).max(744);
/** Time asks for a run at this time of every day, in place of `atLeastEveryHours`. */
const latestAt = clockTimeSchema.optional();

/**
 * When a source is to be backed up. `hourly` and `daily` name instants on the wall clock, the same whoever asks; `quiet`
 * and `changes` follow what happens in the source, with a shortest and a longest time between two runs.
 */
export const scheduleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('manual') }),
  z.object({
    kind: z.literal('hourly'),
    everyHours: z.union([1, 2, 3, 4, 6, 8, 12].map((hours) => z.literal(hours))),
    /** Minute of the hour. */
    minute: z.number().int().min(0).max(59),
  }),
  z.object({ kind: z.literal('daily'), at: z.array(clockTimeSchema).min(1, 'choose at least one time').max(24), days }),
  /** Nothing was written to the source for so long. */
  z.object({
    kind: z.literal('quiet'),
    quietMinutes: z.number().int().min(1).max(240),
    atMostEveryMinutes,
    atLeastEveryHours,
    latestAt,
  }),
  /** So many files or folders changed since the last snapshot. */
  z.object({
    kind: z.literal('changes'),
    changes: z.number().int().min(1).max(1_000_000),
    atMostEveryMinutes,
    atLeastEveryHours,
    latestAt,
  }),
]);
export type Schedule = z.infer<typeof scheduleSchema>;

/** From one time of day to another; past midnight when `to` is not later than `from`. `days` are those it begins on. */
export const timeWindowSchema = z.object({ days, from: clockTimeSchema, to: clockTimeSchema });
export type TimeWindow = z.infer<typeof timeWindowSchema>;

export const conditionRulesSchema = z.object({
  /** On battery: as on mains, only when the last good snapshot is a day old, or not at all. */
  onBattery: z.enum(['as-usual', 'daily', 'wait']),
  /** On a network that is paid by volume; matters only where the repository is reached over one. */
  onMetered: z.enum(['run', 'wait']),
  /** Runs begin only within one of these; empty: at any time. */
  windows: z.array(timeWindowSchema).max(20),
});
export type ConditionRules = z.infer<typeof conditionRulesSchema>;

export const defaultSchedule: Schedule = { kind: 'hourly', everyHours: 1, minute: 0 };
export const defaultConditionRules: ConditionRules = { onBattery: 'daily', onMetered: 'wait', windows: [] };
