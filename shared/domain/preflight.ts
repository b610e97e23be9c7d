import { z } from 'zod';
import { pathNoteSchema } from './evidence.ts';
import { consistencyLevelSchema } from './level.ts';
import { quiesceMethodSchema } from './method.ts';

/** What one method can promise for one source, before anything is touched. */
export const methodPromiseSchema = z.object({
  method: quiesceMethodSchema,
  available: z.boolean(),
  /** Strongest level it can earn here when all goes well. */
  level: consistencyLevelSchema,
  expectedStallMs: z.number().nonnegative(),
  /** Why it is not available, or what limits it; one sentence each, for people. */
  reasons: z.array(z.string()),
  /** What would make it available: rights, space, another place for the repository, a trial of the hold. Empty when nothing would. */
  remedies: z.array(z.enum(['grant-helper', 'free-space', 'move-repository', 'raise-longest-stall', 'trial'])),
});
export type MethodPromise = z.infer<typeof methodPromiseSchema>;

export const preflightSchema = z.object({
  chosen: methodPromiseSchema,
  /** Every method asked, strongest first, with its reasons. */
  considered: z.array(methodPromiseSchema),
  /** `You will get: Held still, writers pause about 15 ms` in parts, so that it can be translated. */
  filesystem: z.string(),
  mountPoint: z.string(),
  device: z.string(),
  /** Freezing through a subdirectory freezes the whole filesystem: said before doing it. */
  freezesWholeFilesystem: z.boolean(),
  leftOut: z.array(pathNoteSchema),
  files: z.number().int().nonnegative(),
  bytes: z.number().nonnegative(),
  /** False when counting was cut short; the counts are then lower bounds. */
  counted: z.boolean(),
});
export type Preflight = z.infer<typeof preflightSchema>;
