import { z } from 'zod';
import { repositoryIdSchema, runIdSchema, snapshotIdSchema, sourceIdSchema } from '../domain/ids.ts';
import { consistencyLevelSchema } from '../domain/level.ts';
import {
  phaseNameSchema,
  progressSchema,
  runEventSchema,
  runKindSchema,
  runOutcomeSchema,
  runTriggerSchema,
  warningSchema,
} from '../domain/run.ts';
import { instantSchema } from '../domain/time.ts';
import { serializedErrorSchema } from '../errors/schema.ts';
import { method } from './method.ts';

export const phaseViewSchema = z.object({
  name: phaseNameSchema,
  startedAt: instantSchema,
  /** Null while under way. */
  durationMs: z.number().nonnegative().nullable(),
});
export type PhaseView = z.infer<typeof phaseViewSchema>;

/** A run as lists, the running card and the details show it; folded from its events. */
export const runViewSchema = z.object({
  runId: runIdSchema,
  kind: runKindSchema,
  title: z.string(),
  trigger: runTriggerSchema,
  sourceId: sourceIdSchema.nullable(),
  repositoryId: repositoryIdSchema.nullable(),
  askedAt: instantSchema,
  startedAt: instantSchema,
  finishedAt: instantSchema.nullable(),
  outcome: runOutcomeSchema.nullable(),
  phase: phaseNameSchema.nullable(),
  phases: z.array(phaseViewSchema),
  progress: progressSchema.nullable(),
  held: z.object({ frozenAt: instantSchema, thawedAt: instantSchema, stallMs: z.number() }).nullable(),
  snapshotId: snapshotIdSchema.nullable(),
  level: consistencyLevelSchema.nullable(),
  files: z.number().int().nonnegative(),
  bytes: z.number().nonnegative(),
  newBytes: z.number().nonnegative(),
  summary: z.string(),
  warnings: z.array(warningSchema),
  warningsTotal: z.number().int().nonnegative(),
  notes: z.array(z.object({ severity: z.enum(['info', 'warning']), text: z.string() })),
  error: serializedErrorSchema.nullable(),
});
export type RunView = z.infer<typeof runViewSchema>;

export const runMethods = {
  'backup.start': method({
    title: 'Back up now',
    params: z.strictObject({ sourceId: sourceIdSchema }),
    result: z.object({ runId: runIdSchema }),
  }),
  'runs.cancel': method({
    title: 'Cancel a run',
    params: z.strictObject({ runId: runIdSchema }),
    result: z.object({}),
  }),
  'runs.list': method({
    title: 'Runs, newest first',
    params: z.strictObject({ limit: z.number().int().min(1).max(500), before: instantSchema.optional() }),
    result: z.array(runViewSchema),
  }),
  'runs.get': method({
    title: 'One run',
    params: z.strictObject({ runId: runIdSchema }),
    result: runViewSchema.nullable(),
  }),
  'runs.log': method({
    title: 'The log of a run',
    params: z.strictObject({ runId: runIdSchema }),
    result: z.array(runEventSchema),
  }),
} as const;
