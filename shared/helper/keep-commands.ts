import { z } from 'zod';
import { repositoryIdSchema, runIdSchema, snapshotIdSchema, sourceIdSchema } from '../domain/ids.ts';
import { freeableSchema, keepPlanSchema } from '../domain/keep/plan.ts';
import { keepRulesSchema } from '../domain/keep/rules.ts';
import { runEventSchema, runResultSchema } from '../domain/run.ts';
import { command } from './command.ts';

export const keepCommands = {
  'keep.plan': command({
    title: 'Work out what keep rules would delete, and when',
    right: 'registered',
    cancellable: true,
    timeoutMs: 120_000,
    /** With the rules given, else with those of the source's policy. */
    params: z.strictObject({ sourceId: sourceIdSchema, rules: keepRulesSchema.optional(), zone: z.string().max(64) }),
    result: keepPlanSchema,
    event: z.never(),
  }),
  'keep.apply': command({
    title: 'Delete the snapshots that keep rules no longer keep',
    right: 'registered',
    cancellable: true,
    timeoutMs: 0,
    /** With the rules of the source's policy; a backup does the same as its last phase. */
    params: z.strictObject({ sourceId: sourceIdSchema, runId: runIdSchema, zone: z.string().max(64) }),
    result: runResultSchema,
    event: runEventSchema,
  }),
  'repositories.freeable': command({
    title: 'Find out what would free how much in a repository',
    right: 'registered',
    cancellable: true,
    timeoutMs: 600_000,
    params: z.strictObject({ id: repositoryIdSchema, zone: z.string().max(64) }),
    result: freeableSchema,
    event: z.never(),
  }),
  'repositories.reclaim': command({
    title: 'Delete chosen snapshots and give back the space that nothing needs any more',
    right: 'registered',
    cancellable: true,
    timeoutMs: 0,
    /**
     * No snapshots: only what is unused already. Refused as a whole when one of them is pinned or needed to take a restore
     * back, or when anything that stays cannot be read. Of the result, `files` are the snapshots deleted and `bytes` what
     * was given back.
     */
    params: z.strictObject({
      id: repositoryIdSchema,
      runId: runIdSchema,
      snapshotIds: z.array(snapshotIdSchema).max(10_000),
    }),
    result: runResultSchema,
    event: runEventSchema,
  }),
} as const;
