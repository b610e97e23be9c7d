import { z } from 'zod';
import { sourceIdSchema } from '../domain/ids.ts';
import { keepPlanSchema } from '../domain/keep/plan.ts';
import { keepRulesSchema } from '../domain/keep/rules.ts';
import { usualQuietSchema } from '../domain/usual-quiet.ts';
import { helperStateSchema } from './app.ts';
import { method } from './method.ts';

/** Milliseconds since the epoch, or until somebody resumes. */
export const pausedUntilSchema = z.union([z.number(), z.literal('forever')]);

export const scheduleStateSchema = z.object({
  /** Null: not paused. */
  pausedUntil: pausedUntilSchema.nullable(),
  /** A tray shows us; without one the window says how to live without it. */
  tray: z.boolean(),
  /** The app begins by itself at login. */
  startsAtLogin: z.boolean(),
});
export type ScheduleState = z.infer<typeof scheduleStateSchema>;

/** What is known of a source's quiet. */
export const quietRecordSchema = z.object({
  /** Null: nothing is usual, or too little is known to say. */
  usual: usualQuietSchema.nullable(),
  /** Until when somebody watched, milliseconds since the epoch, a minute or two ago while it goes on; null: nobody has. */
  watchedUntil: z.number().nullable(),
});
export type QuietRecord = z.infer<typeof quietRecordSchema>;

export const scheduleMethods = {
  'schedule.state': method({
    title: 'State of the scheduler',
    params: z.strictObject({}),
    result: scheduleStateSchema,
  }),
  'schedule.pause': method({
    title: 'Pause scheduled runs, or resume them (null)',
    params: z.strictObject({ until: pausedUntilSchema.nullable() }),
    result: scheduleStateSchema,
  }),
  'schedule.allowStillPoints': method({
    title: 'Let scheduled runs hold filesystems still without asking, or no longer',
    params: z.strictObject({ allowed: z.boolean() }),
    result: helperStateSchema,
  }),
  'schedule.quiet': method({
    title: 'When a source is usually quiet, as far as it was watched',
    params: z.strictObject({ sourceId: sourceIdSchema }),
    result: quietRecordSchema,
  }),
  'keep.plan': method({
    title: 'What keep rules would delete, and when',
    params: z.strictObject({ sourceId: sourceIdSchema, rules: keepRulesSchema.optional() }),
    result: keepPlanSchema,
  }),
} as const;
