import { z } from 'zod';
import { repositoryIdSchema, runIdSchema, snapshotIdSchema, sourceIdSchema } from '../domain/ids.ts';
import { freeableSchema, keepPlanSchema } from '../domain/keep/plan.ts';
import { keepRulesSchema } from '../domain/keep/rules.ts';
import { pruneFiguresSchema, pruneLimitsSchema } from '../domain/prune.ts';
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
  'repositories.want': command({
    title: 'Say that a run waits for a repository: what is done there without being asked for ends soon',
    right: 'registered',
    cancellable: false,
    timeoutMs: 5_000,
    params: z.strictObject({ id: repositoryIdSchema }),
    result: z.strictObject({}),
    event: z.never(),
  }),
  'repositories.prune': command({
    title: 'Give back the space that nothing needs any more, writing packs again that are needed in part',
    right: 'registered',
    cancellable: true,
    timeoutMs: 0,
    /**
     * A dry run only looks. Of the result's run, `bytes` is what was given back and `newBytes` what was written for it.
     * `figures` are what was found to be done before anything was; null when the run ended before that was known.
     */
    params: z.strictObject({
      id: repositoryIdSchema,
      runId: runIdSchema,
      dryRun: z.boolean(),
      limits: pruneLimitsSchema,
    }),
    result: z.strictObject({ run: runResultSchema, figures: pruneFiguresSchema.nullable() }),
    event: runEventSchema,
  }),
} as const;
