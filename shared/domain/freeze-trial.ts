import { z } from 'zod';
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

/** The longest that anybody was seen to wait, ms; null when nobody was held. */
export function longestStallOf({ stallsMs, longestProbeMs }: FreezeTrial): number | null {
  return stallsMs.length === 0 ? null : Math.max(...stallsMs, longestProbeMs ?? 0);
}
