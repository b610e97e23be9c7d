import { z } from 'zod';
import { repositoryIdSchema, runIdSchema } from '../../../shared/domain/ids.ts';
import { runOutcomeSchema } from '../../../shared/domain/run.ts';
import { blockers, notRunReasons } from '../../../shared/domain/schedule/facts.ts';
import { scheduleSchema } from '../../../shared/domain/schedule/schedule.ts';

const base = { v: z.literal(1), at: z.number() };

const notRunSchema = z.object({
  from: z.number(),
  to: z.number(),
  slots: z.number().int().positive(),
  because: z.enum(notRunReasons),
});

/** One line of a journal. `at` is when it was written, milliseconds since the epoch. */
export const entrySchema = z.discriminatedUnion('type', [
  /** With the schedule itself: what passed under it is found out even when there is another by then. */
  z.object({ type: z.literal('schedule-set'), ...base, since: z.number(), schedule: scheduleSchema }),
  z.object({
    type: z.literal('began'),
    ...base,
    runId: runIdSchema,
    slot: z.number().nullable(),
    trigger: z.enum(['due', 'catch-up', 'retry', 'person']),
    by: z.enum(['app', 'command-line']),
    /** Where its snapshot is to be looked for, should it end with its process. */
    repositoryId: repositoryIdSchema,
  }),
  z.object({
    type: z.literal('ended'),
    ...base,
    runId: runIdSchema,
    outcome: runOutcomeSchema,
    /** Found out afterwards; `endedAt` is the last that is known of it then. */
    recovered: z.literal(true).optional(),
    endedAt: z.number().optional(),
  }),
  z.object({ type: z.literal('held-back'), ...base, slot: z.number(), because: z.enum(blockers) }),
  /** Slots that passed, and up to when everything is accounted for: one line, so that there is never one without the other. */
  z.object({
    type: z.literal('accounts'),
    ...base,
    until: z.number().nullable(),
    notRun: z.array(notRunSchema),
    /** The first of them follows the last of the entry before without a slot between: they are one. */
    joins: z.literal(true).optional(),
  }),
]);
export type Entry = z.infer<typeof entrySchema>;

/** What is written, without what every entry has. */
export type NewEntry = Entry extends infer E ? (E extends Entry ? Omit<E, 'v' | 'at'> : never) : never;

/** Undefined for what was cut off or damaged. `unknown`: whole, and from a newer version: it is kept and not understood. */
export function parseLine(line: string): Entry | 'unknown' | undefined {
  try {
    const data: unknown = JSON.parse(line);
    const entry = entrySchema.safeParse(data);
    if (entry.success) return entry.data;
    return typeof data === 'object' && data !== null && 'type' in data ? 'unknown' : undefined;
  } catch {
    return undefined;
  }
}
