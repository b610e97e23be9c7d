import { z } from 'zod';
import { repositoryIdSchema } from './ids.ts';
import { consistencyLevelSchema } from './level.ts';

/** When to run, how to quiesce, where to keep. Schedules and keep rules join here. */
export const policySchema = z.object({
  repositoryId: repositoryIdSchema,
  /** A run that ends below this level is still published, and reported as weaker than asked. */
  requiredLevel: consistencyLevelSchema,
  /** Longest pause writers may be asked to accept, in milliseconds. A method that expects more is not used. */
  longestStallMs: z.number().int().min(1).max(60_000),
});
export type Policy = z.infer<typeof policySchema>;

export const defaultLongestStallMs = 250;
