import { z } from 'zod';
import { serializedErrorSchema } from '../errors/schema.ts';
import { repositoryIdSchema, runIdSchema, snapshotIdSchema, sourceIdSchema } from './ids.ts';
import { consistencyLevelSchema } from './level.ts';
import { instantSchema } from './time.ts';

export const runKinds = ['backup', 'restore', 'undo', 'check', 'forget', 'repair', 'copy'] as const;
export const runKindSchema = z.enum(runKinds);
export type RunKind = (typeof runKinds)[number];

export const runTriggerSchema = z.enum(['person', 'schedule']);
export type RunTrigger = z.infer<typeof runTriggerSchema>;

/** Phases of all kinds of run, in the words of the run log. A run uses some of them, in its own order. */
export const phaseNames = [
  'preflight',
  'open',
  'scan',
  'precopy',
  'flush',
  'freeze',
  'delta',
  'thaw',
  'rescan',
  'store',
  'verify-packs',
  'publish',
  'verify-snapshot',
  'plan',
  'safety',
  'write',
  'verify-files',
  'undo',
  'check-structure',
  'check-data',
  'check-share',
  'forget',
  'repack',
  'repair',
  'copy',
] as const;
export const phaseNameSchema = z.enum(phaseNames);
export type PhaseName = (typeof phaseNames)[number];

/**
 * How a run ended. Partial success and cancellation are outcomes, not exceptions. `waiting`: a repository or password
 * was not there, nothing was tried. `interrupted`: the process doing it died; found by whoever looked afterwards.
 */
export const runOutcomes = ['done', 'warnings', 'failed', 'cancelled', 'waiting', 'interrupted'] as const;
export const runOutcomeSchema = z.enum(runOutcomes);
export type RunOutcome = (typeof runOutcomes)[number];

export const progressSchema = z.object({
  files: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  /** Null while still unknown; never decreases once known. */
  totalFiles: z.number().int().nonnegative().nullable(),
  totalBytes: z.number().int().nonnegative().nullable(),
  /** The file at hand, as text for people; empty when there is none. */
  current: z.string(),
  bytesPerSecond: z.number().nonnegative().nullable(),
  secondsLeft: z.number().nonnegative().nullable(),
});
export type Progress = z.infer<typeof progressSchema>;

export const warningSchema = z.object({ code: z.string(), text: z.string(), path: z.string().optional() });
export type RunWarning = z.infer<typeof warningSchema>;

export const runResultSchema = z.object({
  runId: runIdSchema,
  outcome: runOutcomeSchema,
  snapshotId: snapshotIdSchema.nullable(),
  level: consistencyLevelSchema.nullable(),
  stallMs: z.number().nonnegative().nullable(),
  files: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  /** Bytes this run added to the repository, as stored. */
  newBytes: z.number().int().nonnegative(),
  /** One plain sentence: what was achieved. */
  summary: z.string(),
  warnings: z.array(warningSchema).max(1000),
  warningsTotal: z.number().int().nonnegative(),
  error: serializedErrorSchema.nullable(),
});
export type RunResult = z.infer<typeof runResultSchema>;

/** The stream a run emits; kept, it is the run log a user reads. */
export const runEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run-started'),
    runId: runIdSchema,
    at: instantSchema,
    kind: runKindSchema,
    sourceId: sourceIdSchema.nullable(),
    repositoryId: repositoryIdSchema.nullable(),
    askedAt: instantSchema,
    title: z.string(),
    /** Who wanted it: runs that a schedule began ask nobody anything. */
    trigger: runTriggerSchema.default('person'),
  }),
  z.object({ type: z.literal('phase-started'), runId: runIdSchema, at: instantSchema, phase: phaseNameSchema }),
  z.object({
    type: z.literal('phase-finished'),
    runId: runIdSchema,
    at: instantSchema,
    phase: phaseNameSchema,
    durationMs: z.number().nonnegative(),
  }),
  z.object({
    type: z.literal('progress'),
    runId: runIdSchema,
    at: instantSchema,
    phase: phaseNameSchema,
    progress: progressSchema,
  }),
  /** Told after the thaw: nothing is emitted while writers are held. */
  z.object({
    type: z.literal('held'),
    runId: runIdSchema,
    at: instantSchema,
    frozenAt: instantSchema,
    thawedAt: instantSchema,
    stallMs: z.number().nonnegative(),
  }),
  z.object({
    type: z.literal('note'),
    runId: runIdSchema,
    at: instantSchema,
    severity: z.enum(['info', 'warning']),
    text: z.string(),
  }),
  z.object({ type: z.literal('run-finished'), runId: runIdSchema, at: instantSchema, result: runResultSchema }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;
