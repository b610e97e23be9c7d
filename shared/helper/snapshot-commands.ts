import { z } from 'zod';
import { evidenceSchema } from '../domain/evidence.ts';
import { repositoryIdSchema, snapshotIdSchema } from '../domain/ids.ts';
import { snapshotPathSchema } from '../domain/path-text.ts';
import { changeSchema, nodeTypeSchema, snapshotSummarySchema, treePageSchema } from '../domain/snapshot.ts';
import { command } from './command.ts';

const snapshot = { repositoryId: repositoryIdSchema, snapshotId: snapshotIdSchema };
const page = { offset: z.number().int().nonnegative(), limit: z.number().int().min(1).max(2_000) };

/** Most bytes one `snapshots.read` returns: enough for any preview, far below a frame. */
export const maxReadBytes = 1024 * 1024;

export const snapshotCommands = {
  'snapshots.list': command({
    title: 'List the snapshots of a repository',
    right: 'registered',
    cancellable: true,
    timeoutMs: 120_000,
    params: z.strictObject({ repositoryId: repositoryIdSchema, ...page }),
    result: z.strictObject({ snapshots: z.array(snapshotSummarySchema), total: z.number().int().nonnegative() }),
    event: z.never(),
  }),
  'snapshots.evidence': command({
    title: 'Read the evidence of a snapshot',
    right: 'registered',
    cancellable: true,
    timeoutMs: 60_000,
    params: z.strictObject(snapshot),
    /** Null for snapshots of other programs. */
    result: z.strictObject({ evidence: evidenceSchema.nullable() }),
    event: z.never(),
  }),
  'snapshots.tree': command({
    title: 'List a folder inside a snapshot',
    right: 'registered',
    cancellable: true,
    timeoutMs: 60_000,
    params: z.strictObject({ ...snapshot, path: snapshotPathSchema, ...page }),
    result: treePageSchema,
    event: z.never(),
  }),
  'snapshots.paths': command({
    title: 'List every path of a snapshot, for the file index',
    right: 'registered',
    cancellable: true,
    timeoutMs: 0,
    params: z.strictObject(snapshot),
    result: z.strictObject({ total: z.number().int().nonnegative() }),
    event: z.strictObject({
      type: z.literal('paths'),
      entries: z
        .array(z.strictObject({ path: z.string(), type: nodeTypeSchema, size: z.number(), modifiedAt: z.string() }))
        .max(2_000),
    }),
  }),
  'snapshots.read': command({
    title: 'Read a part of a file inside a snapshot',
    right: 'registered',
    cancellable: true,
    timeoutMs: 60_000,
    params: z.strictObject({
      ...snapshot,
      path: snapshotPathSchema,
      offset: z.number().int().nonnegative(),
      length: z.number().int().min(1).max(maxReadBytes),
    }),
    result: z.strictObject({ base64: z.string(), size: z.number().nonnegative() }),
    event: z.never(),
  }),
  'snapshots.diff': command({
    title: 'Compare two snapshots',
    right: 'registered',
    cancellable: true,
    timeoutMs: 300_000,
    params: z.strictObject({
      repositoryId: repositoryIdSchema,
      before: snapshotIdSchema,
      after: snapshotIdSchema,
      ...page,
    }),
    result: z.strictObject({ changes: z.array(changeSchema), total: z.number().int().nonnegative() }),
    event: z.never(),
  }),
  'snapshots.setPinned': command({
    title: 'Keep a snapshot for ever, or no longer',
    right: 'registered',
    cancellable: false,
    timeoutMs: 120_000,
    params: z.strictObject({ ...snapshot, pinned: z.boolean() }),
    result: snapshotSummarySchema,
    event: z.never(),
  }),
  'snapshots.remove': command({
    title: 'Delete a snapshot',
    right: 'registered',
    cancellable: false,
    timeoutMs: 120_000,
    params: z.strictObject(snapshot),
    result: z.strictObject({}),
    event: z.never(),
  }),
} as const;
