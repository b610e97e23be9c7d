import { z } from 'zod';
import { repositoryIdSchema, runIdSchema, snapshotIdSchema } from './ids.ts';
import { localPathSchema, snapshotPathSchema } from './path-text.ts';
import { nodeTypeSchema } from './snapshot.ts';
import { instantSchema } from './time.ts';

/** The state to go back to: a snapshot as it is, or an instant that its source's log reaches from there. */
export const restorePointSchema = z.object({
  repositoryId: repositoryIdSchema,
  snapshotId: snapshotIdSchema,
  /** Null: the snapshot itself. Otherwise a place on the log band; only sources that keep a log accept it. */
  instant: z.union([z.object({ at: instantSchema }), z.object({ position: z.string() })]).nullable(),
});
export type RestorePoint = z.infer<typeof restorePointSchema>;

/** Where to put it. New databases and machines are further members. */
export const restoreTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('original') }),
  z.object({ kind: z.literal('folder'), path: localPathSchema }),
]);
export type RestoreTarget = z.infer<typeof restoreTargetSchema>;

/** `keep`: put back, keep everything else. `exact`: make it exactly as it was, deletions included. */
export const restoreModeSchema = z.enum(['keep', 'exact']);
export type RestoreMode = z.infer<typeof restoreModeSchema>;

export const restoreRequestSchema = z.object({
  point: restorePointSchema,
  /** Paths inside the snapshot; empty means everything the source had. */
  selection: z.array(snapshotPathSchema).max(100_000),
  target: restoreTargetSchema,
  mode: restoreModeSchema,
});
export type RestoreRequest = z.infer<typeof restoreRequestSchema>;

export const planActions = ['add', 'replace', 'metadata', 'delete', 'same'] as const;
export const planActionSchema = z.enum(planActions);
export type PlanAction = (typeof planActions)[number];

export const planEntrySchema = z.object({
  /** Path inside the snapshot, quoted form; for deletions the path it would have. */
  path: snapshotPathSchema,
  action: planActionSchema,
  type: nodeTypeSchema,
  /** Bytes then (in the snapshot) and now (at the target); null where there is none. */
  sizeThen: z.number().nonnegative().nullable(),
  sizeNow: z.number().nonnegative().nullable(),
  modifiedThen: instantSchema.nullable(),
  modifiedNow: instantSchema.nullable(),
});
export type PlanEntry = z.infer<typeof planEntrySchema>;

export const planWarningSchema = z.object({
  code: z.enum([
    'open-file',
    'no-space',
    'no-rights',
    'target-missing',
    'newer-now',
    'type-change',
    'own-data',
    'torn-file',
  ]),
  text: z.string(),
  paths: z.array(z.string()).max(100),
  /** A one-click *Put back* stops and asks when any warning asks. */
  asks: z.boolean(),
});
export type PlanWarning = z.infer<typeof planWarningSchema>;

export const restorePlanSchema = z.object({
  planId: z.string(),
  request: restoreRequestSchema,
  /** The directory that all of it lies in, as it is named. Of several places it says nothing: `/` is common. */
  targetPath: z.string(),
  /** The places on this machine that are put back or put below, each where links really lead. For people. */
  targets: z.array(z.string()),
  counts: z.record(planActionSchema, z.number().int().nonnegative()),
  /** Newer files at the target that `keep` leaves alone. */
  keptNewer: z.number().int().nonnegative(),
  bytesToWrite: z.number().nonnegative(),
  freeBytes: z.number().nonnegative().nullable(),
  warnings: z.array(planWarningSchema),
});
export type RestorePlan = z.infer<typeof restorePlanSchema>;

/** A finished restore that can be taken back. */
export const undoableRestoreSchema = z.object({
  runId: runIdSchema,
  repositoryId: repositoryIdSchema,
  /** Null when nothing had to be kept safe: a restore that only added. One whose safety snapshot was refused is not listed. */
  safetySnapshotId: snapshotIdSchema.nullable(),
  restoredSnapshotId: snapshotIdSchema,
  targetPath: z.string(),
  finishedAt: instantSchema,
  replaced: z.number().int().nonnegative(),
  added: z.number().int().nonnegative(),
  deleted: z.number().int().nonnegative(),
  undoneBy: runIdSchema.nullable(),
});
export type UndoableRestore = z.infer<typeof undoableRestoreSchema>;
