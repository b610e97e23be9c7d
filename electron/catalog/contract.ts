import { z } from 'zod';
import { evidenceSchema } from '../../shared/domain/evidence.ts';
import { repositoryIdSchema, runIdSchema, snapshotIdSchema, sourceIdSchema } from '../../shared/domain/ids.ts';
import { undoableRestoreSchema } from '../../shared/domain/restore.ts';
import { runOutcomeSchema } from '../../shared/domain/run.ts';
import { nodeTypeSchema, snapshotSummarySchema } from '../../shared/domain/snapshot.ts';
import { instantSchema } from '../../shared/domain/time.ts';
import type { SerializedError } from '../../shared/errors/index.ts';
import { serializedErrorSchema } from '../../shared/errors/schema.ts';
import { runViewSchema } from '../../shared/ipc/runs.ts';
import { snapshotMethods } from '../../shared/ipc/snapshots.ts';
import { bandSchema, snapshotMarkSchema } from '../../shared/ipc/timeline.ts';

const repositoryId = repositoryIdSchema;
const snapshot = { repositoryId, snapshotId: snapshotIdSchema };
const nothing = z.strictObject({});
const done = z.object({});

const method = <P extends z.ZodType, R extends z.ZodType>(params: P, result: R): { params: P; result: R } => ({
  params,
  result,
});

export const pathEntrySchema = z.strictObject({
  path: z.string(),
  type: nodeTypeSchema,
  size: z.number(),
  modifiedAt: z.string(),
});
export type PathEntry = z.infer<typeof pathEntrySchema>;

export const drawnSnapshotSchema = z.object({
  mark: snapshotMarkSchema,
  sourceId: sourceIdSchema.nullable(),
  sourceName: z.string(),
  hostname: z.string(),
  paths: z.array(z.string()),
  filesystem: z.string(),
  staticBand: bandSchema.nullable(),
});

export const drawnFailureSchema = z.object({
  runId: runIdSchema,
  sourceId: sourceIdSchema.nullable(),
  at: z.number(),
  outcome: runOutcomeSchema,
  text: z.string(),
});

export const foundDamageSchema = z.object({
  repositoryId: repositoryIdSchema,
  /** The check that found it. */
  runId: runIdSchema,
  title: z.string(),
  at: z.number(),
});

/** Everything that can be asked of the catalog process. Each is one transaction. */
export const catalogContract = {
  'runs.known': method(nothing, z.array(runIdSchema)),
  'runs.put': method(z.strictObject({ runs: z.array(runViewSchema) }), done),
  'runs.list': method(
    z.strictObject({ limit: z.number().int().min(1).max(500), before: instantSchema.optional() }),
    z.array(runViewSchema),
  ),
  'runs.get': method(z.strictObject({ runId: runIdSchema }), runViewSchema.nullable()),
  'runs.latestBackups': method(z.strictObject({ notAfter: instantSchema }), z.array(runViewSchema)),
  'runs.failedForgets': method(
    z.strictObject({ notAfter: instantSchema }),
    z.array(z.object({ sourceId: sourceIdSchema, backups: z.number().int().positive(), text: z.string() })),
  ),

  'snapshots.sync': method(
    z.strictObject({ repositoryId, snapshots: z.array(snapshotSummarySchema) }),
    z.object({ added: z.number().int(), removed: z.number().int() }),
  ),
  'snapshots.replace': method(z.strictObject({ ...snapshot, by: snapshotSummarySchema }), snapshotMarkSchema),
  'snapshots.remove': method(z.strictObject(snapshot), done),
  'snapshots.keepRepositories': method(z.strictObject({ ids: z.array(repositoryId) }), done),
  'snapshots.counts': method(nothing, z.array(z.object({ repositoryId, snapshots: z.number().int() }))),
  'snapshots.get': method(
    z.strictObject(snapshot),
    z
      .object({
        mark: snapshotMarkSchema,
        summary: snapshotSummarySchema,
        evidence: evidenceSchema.nullable(),
        evidenceKnown: z.boolean(),
      })
      .nullable(),
  ),
  'snapshots.drawn': method(
    nothing,
    z.object({
      snapshots: z.array(drawnSnapshotSchema),
      failures: z.array(drawnFailureSchema),
      damages: z.array(foundDamageSchema),
    }),
  ),
  'evidence.missing': method(
    z.strictObject({ repositoryId, limit: z.number().int().min(1).max(1_000) }),
    z.array(snapshotIdSchema),
  ),
  'evidence.put': method(z.strictObject({ ...snapshot, evidence: evidenceSchema.nullable() }), done),

  'files.next': method(z.strictObject({ repositoryId }), snapshotIdSchema.nullable()),
  'files.add': method(z.strictObject({ ...snapshot, entries: z.array(pathEntrySchema).max(2_000) }), done),
  'files.finish': method(z.strictObject(snapshot), done),
  'files.search': method(
    z.strictObject({ text: z.string().max(200), limit: z.number().int().min(1).max(200) }),
    snapshotMethods['search.files'].result,
  ),
  'files.versions': method(
    z.strictObject({ repositoryId, path: z.string() }),
    snapshotMethods['search.versions'].result,
  ),

  'restores.put': method(z.strictObject({ restores: z.array(undoableRestoreSchema) }), done),
  'restores.list': method(nothing, z.array(undoableRestoreSchema)),

  clear: method(nothing, done),
} as const;

export type CatalogContract = typeof catalogContract;
export type CatalogMethodName = keyof CatalogContract;
export type CatalogParams<N extends CatalogMethodName> = z.infer<CatalogContract[N]['params']>;
export type CatalogResult<N extends CatalogMethodName> = z.infer<CatalogContract[N]['result']>;

/** main -> catalog. */
export const catalogRequestSchema = z.strictObject({
  seq: z.number().int().positive(),
  name: z.enum(Object.keys(catalogContract) as [CatalogMethodName, ...CatalogMethodName[]]),
  params: z.unknown(),
});
export type CatalogRequest = z.infer<typeof catalogRequestSchema>;

/** catalog -> main. `opened` comes first, once. */
export type CatalogMessage =
  | { readonly type: 'opened'; readonly fresh: boolean; readonly problem: string }
  | { readonly type: 'answer'; readonly seq: number; readonly ok: true; readonly value: unknown }
  | { readonly type: 'answer'; readonly seq: number; readonly ok: false; readonly error: SerializedError };

export const catalogMessageSchema: z.ZodType<CatalogMessage> = z.union([
  /** `fresh`: it holds nothing, because there was none or it was damaged; `problem` says which, for the log. */
  z.object({ type: z.literal('opened'), fresh: z.boolean(), problem: z.string() }),
  z.object({ type: z.literal('answer'), seq: z.number(), ok: z.literal(true), value: z.unknown() }),
  z.object({ type: z.literal('answer'), seq: z.number(), ok: z.literal(false), error: serializedErrorSchema }),
]);

/** The process ends with this code when the file turns out damaged; started again, it makes a fresh one. */
export const damagedExitCode = 70;
