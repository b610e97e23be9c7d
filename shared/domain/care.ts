import { z } from 'zod';
import { runIdSchema } from './ids.ts';
import { checkedSchema } from './repository.ts';

export const carePaces = ['day', 'week', 'month'] as const;
export type CarePace = (typeof carePaces)[number];

/** One part of all data in its turn, each day, week or month. `of` 1: everything each time. */
export const carePlanSchema = z.strictObject({
  every: z.enum(carePaces, 'a check is made every day, week or month'),
  of: z
    .number('say into how many parts the data is cut')
    .int('the number of parts is a whole number')
    .min(1, 'there is at least one part')
    .max(100, 'there are at most 100 parts'),
});
export type CarePlan = z.infer<typeof carePlanSchema>;

/** `damaged`: it found damage. `not-done`: it could not be done, or was cancelled; nothing follows from it. */
export const checkOutcomeSchema = z.enum(['clean', 'warnings', 'damaged', 'not-done']);
export type CheckOutcome = z.infer<typeof checkOutcomeSchema>;

/** A check as it is remembered. */
export const madeCheckSchema = z.object({
  runId: runIdSchema,
  /** When it began, milliseconds since the epoch. */
  at: z.number(),
  outcome: checkOutcomeSchema,
  /** Null where it did not come to its end. */
  checked: checkedSchema.nullable(),
  /** By the plan, not by a person. */
  planned: z.boolean(),
});
export type MadeCheck = z.infer<typeof madeCheckSchema>;

/** Why a planned check that is due does not begin. */
export const heldChecks = ['paused', 'away', 'password', 'busy', 'battery', 'metered'] as const;
export const heldCheckSchema = z.enum(heldChecks);
export type HeldCheck = z.infer<typeof heldCheckSchema>;

/** What is known of how sound a repository is, by the checks that this computer’s window made. */
export const careSchema = z.object({
  lastCheck: madeCheckSchema.nullable(),
  /** The part of what is there, by bytes, that was read and found whole since `since`; null: none, or not known. */
  verified: z.object({ share: z.number().min(0).max(1), since: z.number() }).nullable(),
  /** The check that found damage, until all data was read and found whole. */
  damage: z.object({ runId: runIdSchema, at: z.number() }).nullable(),
  plan: carePlanSchema.nullable(),
  /** Milliseconds since the epoch; may be past while it is held back. Null without a plan. */
  nextCheckAt: z.number().nullable(),
  heldBack: heldCheckSchema.nullable(),
});
export type Care = z.infer<typeof careSchema>;

export const noCare: Care = {
  lastCheck: null,
  verified: null,
  damage: null,
  plan: null,
  nextCheckAt: null,
  heldBack: null,
};
