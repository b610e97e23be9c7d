import { z } from 'zod';
import { sourceIdSchema } from './ids.ts';
import { sourceSpecSchema } from './source.ts';
import { instantSchema } from './time.ts';

/**
 * What came of holding a filesystem that the system runs from, to see whether that works: one for each kernel and
 * filesystem. Skipped: somebody was asked and said no.
 */
export const freezeTrialSchema = z.object({
  outcome: z.enum(['passed', 'failed', 'skipped']),
  /** For people; empty when it passed. */
  reason: z.string(),
  at: instantSchema,
  /** `uname -r`. */
  kernel: z.string(),
  /** What the filesystem calls itself: its UUID. */
  filesystem: z.string(),
  mountPoint: z.string(),
  /** Longest hold that was allowed, ms. */
  leaseMs: z.number().int().positive(),
  /** Of each hold, from before the freeze until after the thaw, ms. */
  stallsMs: z.array(z.number().nonnegative()).max(10),
  /** The longest a writer beside it waited, ms; null where none could be started. */
  longestProbeMs: z.number().nonnegative().nullable(),
});
export type FreezeTrial = z.infer<typeof freezeTrialSchema>;

/** What a trial is about: a registered source, or one that may be registered. */
export const trialTargetSchema = z.union([
  z.strictObject({ sourceId: sourceIdSchema }),
  z.strictObject({ spec: sourceSpecSchema }),
]);
export type TrialTarget = z.infer<typeof trialTargetSchema>;

/** Whether holding a source needs a trial first. */
export const trialStateSchema = z.object({
  /** The source lies on a filesystem that the system runs from: only a tried one is held. */
  concerns: z.boolean(),
  /** A trial would make it possible: it was never made here, or not with this kernel, or it failed or was skipped. */
  isNeeded: z.boolean(),
  /** What the desktop may feel, ms, for the question: *the desktop may stutter up to 250 ms*. */
  mayStallMs: z.number().int().nonnegative(),
  /** Why it may not be held now, for people; what a trial cannot help is listed too. */
  obstacles: z.array(z.string()),
  /** Of this filesystem, whichever kernel it was made with. */
  last: freezeTrialSchema.nullable(),
  /** `uname -r`, now. */
  kernel: z.string(),
  mountPoint: z.string(),
});
export type TrialState = z.infer<typeof trialStateSchema>;

/** Somebody is to be asked: nobody was yet, or the answer was for another kernel. Who said no is not asked every day. */
export function isTrialWanted({ isNeeded, last, kernel }: TrialState): boolean {
  return isNeeded && last?.kernel !== kernel;
}

/** The longest that anybody was seen to wait, ms; null when nobody was held. */
export function longestStallOf({ stallsMs, longestProbeMs }: FreezeTrial): number | null {
  return stallsMs.length === 0 ? null : Math.max(...stallsMs, longestProbeMs ?? 0);
}
