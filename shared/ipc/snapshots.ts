import { z } from 'zod';
import { evidenceSchema } from '../domain/evidence.ts';
import { repositoryIdSchema, snapshotIdSchema } from '../domain/ids.ts';
import { snapshotPathSchema } from '../domain/path-text.ts';
import { changeSchema, nodeTypeSchema, snapshotSummarySchema, treePageSchema } from '../domain/snapshot.ts';
import { method } from './method.ts';
import { runViewSchema } from './runs.ts';
import { snapshotMarkSchema } from './timeline.ts';

const snapshot = { repositoryId: repositoryIdSchema, snapshotId: snapshotIdSchema };
const page = { offset: z.number().int().nonnegative(), limit: z.number().int().min(1).max(2_000) };

export const snapshotMethods = {
  'snapshots.details': method({
    title: 'One snapshot with its proof and how it was taken',
    params: z.strictObject(snapshot),
    result: z.object({
      mark: snapshotMarkSchema,
      summary: snapshotSummarySchema,
      evidence: evidenceSchema.nullable(),
      run: runViewSchema.nullable(),
    }),
  }),
  'snapshots.tree': method({
    title: 'A folder inside a snapshot',
    params: z.strictObject({ ...snapshot, path: snapshotPathSchema, ...page }),
    result: treePageSchema,
  }),
  'snapshots.readText': method({
    title: 'The beginning of a file inside a snapshot, for a preview',
    params: z.strictObject({ ...snapshot, path: snapshotPathSchema }),
    result: z.object({
      text: z.string().nullable(),
      dataUrl: z.string().nullable(),
      size: z.number(),
      truncated: z.boolean(),
    }),
  }),
  'snapshots.saveFileAs': method({
    title: 'Save one file of a snapshot where the user says',
    params: z.strictObject({ ...snapshot, path: snapshotPathSchema }),
    result: z.object({ path: z.string().nullable() }),
  }),
  'snapshots.diff': method({
    title: 'Compare two snapshots',
    params: z.strictObject({
      repositoryId: repositoryIdSchema,
      before: snapshotIdSchema,
      after: snapshotIdSchema,
      ...page,
    }),
    result: z.object({ changes: z.array(changeSchema), total: z.number().int().nonnegative() }),
  }),
  'snapshots.setPinned': method({
    title: 'Keep for ever, or no longer',
    params: z.strictObject({ ...snapshot, pinned: z.boolean() }),
    result: snapshotMarkSchema,
  }),
  'snapshots.remove': method({ title: 'Delete a snapshot', params: z.strictObject(snapshot), result: z.object({}) }),
  'snapshots.verify': method({
    title: 'Read a snapshot’s repository back and check it',
    params: z.strictObject(snapshot),
    result: z.object({ runId: z.string() }),
  }),
  'snapshots.saveProof': method({
    title: 'Save the proof of a snapshot as a file',
    params: z.strictObject(snapshot),
    result: z.object({ path: z.string().nullable() }),
  }),
  'search.files': method({
    title: 'Find files by name in all snapshots',
    params: z.strictObject({ text: z.string().max(200), limit: z.number().int().min(1).max(200) }),
    result: z.object({
      hits: z.array(
        z.object({
          path: z.string(),
          type: nodeTypeSchema,
          versions: z.number().int(),
          latest: snapshotMarkSchema,
          sourceName: z.string(),
          size: z.number(),
          modifiedAt: z.string(),
        }),
      ),
      /** False while snapshots are still being read into the index. */
      complete: z.boolean(),
    }),
  }),
  'search.versions': method({
    title: 'The versions of one file',
    params: z.strictObject({ path: snapshotPathSchema, repositoryId: repositoryIdSchema }),
    result: z.array(z.object({ snapshot: snapshotMarkSchema, size: z.number(), modifiedAt: z.string() })),
  }),
} as const;
