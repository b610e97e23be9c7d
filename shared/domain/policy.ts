import { z } from 'zod';
import { type RepositoryId, repositoryIdSchema } from './ids.ts';
import { defaultKeepRules, keepEverything, keepRulesSchema } from './keep/rules.ts';
import { type ConsistencyLevel, consistencyLevelSchema } from './level.ts';
import { conditionRulesSchema, defaultConditionRules, defaultSchedule, scheduleSchema } from './schedule/schedule.ts';
import { defaultStillRules, stillRulesSchema } from './still-rules.ts';

export const defaultLongestStallMs = 250;

/**
 * When to run, how to quiesce, where and what to keep. What an older registration does not say is as by default, but that
 * nothing of it is deleted: nobody agreed to rules that did not exist then.
 */
export const policySchema = z.object({
  repositoryId: repositoryIdSchema,
  /** A run that ends below this level is still published, and reported as weaker than asked. */
  requiredLevel: consistencyLevelSchema,
  /** Longest pause writers may be asked to accept, in milliseconds. A method that expects more is not used. */
  longestStallMs: z.number().int().min(1).max(60_000),
  /** How fast files are read while writers go on, at most, in MiB per second. Null: no limit. */
  liveReadMiBps: z.number().int().min(1).max(100_000).nullable().default(null),
  /** When writers may be held, and what is called around that. */
  still: stillRulesSchema.default(defaultStillRules),
  schedule: scheduleSchema.default(defaultSchedule),
  conditions: conditionRulesSchema.default(defaultConditionRules),
  /** Age of the last good snapshot at which somebody is told, in hours. Null: worked out from the schedule. */
  lateAfterHours: z.number().int().min(1).max(8784).nullable().default(null),
  keep: keepRulesSchema.default(keepEverything),
  /** After a scheduled run that had waited for its disk, the disk is made safe to unplug by itself. */
  ejectAfterwards: z.boolean().default(false),
});
export type Policy = z.infer<typeof policySchema>;

/** What a new source begins with: hourly on mains, daily on battery, not on metered networks; 24 hourly, 30 daily, 12 monthly, then yearly are kept. */
export function defaultPolicy(repositoryId: RepositoryId, requiredLevel: ConsistencyLevel): Policy {
  const keep = defaultKeepRules;
  return policySchema.parse({ repositoryId, requiredLevel, longestStallMs: defaultLongestStallMs, keep });
}
