import { z } from 'zod';
import { repositoryIdSchema, runIdSchema, snapshotIdSchema, sourceIdSchema } from './ids.ts';
import { consistencyLevelSchema } from './level.ts';
import { quiesceMethodSchema } from './method.ts';
import { instantSchema } from './time.ts';

/** One published point-in-time copy, as lists and timelines need it. */
export const snapshotSummarySchema = z.object({
  id: snapshotIdSchema,
  repositoryId: repositoryIdSchema,
  /** Null for snapshots that another program made. */
  runId: runIdSchema.nullable(),
  sourceId: sourceIdSchema.nullable(),
  sourceName: z.string(),
  /** The still point. For snapshots of other programs: their own time, which is when they began. */
  time: instantSchema,
  askedAt: instantSchema.nullable(),
  /** Null where nobody recorded evidence: we claim nothing about snapshots of other programs. */
  level: consistencyLevelSchema.nullable(),
  method: quiesceMethodSchema.nullable(),
  stallMs: z.number().nonnegative().nullable(),
  kind: z.enum(['backup', 'safety', 'foreign']),
  hostname: z.string(),
  username: z.string(),
  paths: z.array(z.string()),
  tags: z.array(z.string()),
  pinned: z.boolean(),
  files: z.number().int().nonnegative().nullable(),
  bytes: z.number().int().nonnegative().nullable(),
  newBytes: z.number().int().nonnegative().nullable(),
});
export type SnapshotSummary = z.infer<typeof snapshotSummarySchema>;

/** As in restic's trees; `irregular` is what its writer could not name. */
export const nodeTypes = ['file', 'dir', 'symlink', 'fifo', 'chardev', 'dev', 'socket', 'irregular'] as const;
export const nodeTypeSchema = z.enum(nodeTypes);
export type NodeType = (typeof nodeTypes)[number];

/** One entry of a folder inside a snapshot. `name` is in the quoted form of path-text. */
export const treeEntrySchema = z.object({
  name: z.string(),
  type: nodeTypeSchema,
  size: z.number().nonnegative(),
  modifiedAt: instantSchema,
  mode: z.number().int().nonnegative(),
  uid: z.number().int().nonnegative(),
  gid: z.number().int().nonnegative(),
  linkTarget: z.string().optional(),
});
export type TreeEntry = z.infer<typeof treeEntrySchema>;

export const treePageSchema = z.object({ entries: z.array(treeEntrySchema), total: z.number().int().nonnegative() });
export type TreePage = z.infer<typeof treePageSchema>;

export const changeSchema = z.object({
  path: z.string(),
  change: z.enum(['added', 'removed', 'changed', 'metadata']),
  type: nodeTypeSchema,
  sizeBefore: z.number().nonnegative().nullable(),
  sizeAfter: z.number().nonnegative().nullable(),
});
export type Change = z.infer<typeof changeSchema>;
