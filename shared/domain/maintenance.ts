import { z } from 'zod';
import { snapshotIdSchema } from './ids.ts';
import { instantSchema } from './time.ts';

const count = z.number().int().nonnegative();
const fileIdSchema = z.string().regex(/^[0-9a-f]{64}$/);
const maxListed = 1000;

/** Something that snapshots need and that is nowhere. Lists hold the first thousand, totals count all. */
export const lossSchema = z.object({
  text: z.string(),
  /** `snapshot:path` of the first place where it is missed. */
  where: z.string(),
});

/** What was found out about an index, and whether it was made anew. */
export const indexRepairSchema = z.object({
  isNeeded: z.boolean(),
  isDone: z.boolean(),
  packs: count,
  blobs: count,
  /** Index files that cannot be read. */
  damagedFiles: z.array(z.object({ name: fileIdSchema, why: z.string() })).max(maxListed),
  damagedFilesTotal: count,
  /** Packs that no index listed, of which it said something else than they do, that it lists and that are not there. */
  added: count,
  corrected: count,
  missing: z.array(fileIdSchema).max(maxListed),
  missingTotal: count,
  /** Packs of which not everything could be read: how many of their blobs stay listed, how many do not. */
  damagedPacks: z.array(z.object({ pack: fileIdSchema, why: z.string(), kept: count, left: count })).max(maxListed),
  damagedPacksTotal: count,
  losses: z.array(lossSchema).max(maxListed),
  lossesTotal: count,
});
export type IndexRepairReport = z.infer<typeof indexRepairSchema>;

export const packRepairSchema = z.object({
  isDone: z.boolean(),
  packsRead: count,
  /** How many blobs of each were or can be saved, and how many are nowhere else. */
  damaged: z.array(z.object({ pack: fileIdSchema, why: z.string(), saved: count, gone: count })).max(maxListed),
  damagedTotal: count,
  losses: z.array(lossSchema).max(maxListed),
  lossesTotal: count,
});
export type PackRepairReport = z.infer<typeof packRepairSchema>;

/** What becomes of what is not whole: kept under a name that says so, or left out. */
export const damagedPartsSchema = z.enum(['rename', 'leave-out']);

export const repairableSnapshotSchema = z.object({
  id: snapshotIdSchema,
  state: z.enum(['repairable', 'repaired-before', 'lost', 'not-understood']),
  /** The snapshot that was written in its place, now or before. */
  as: snapshotIdSchema.nullable(),
  forgotten: z.boolean(),
  why: z.string(),
  losses: z
    .array(
      z.object({
        path: z.string(),
        what: z.enum(['file-parts', 'file', 'folder']),
        /** The name of what is left; null: it is left out. */
        becomes: z.string().nullable(),
        bytes: count,
      }),
    )
    .max(maxListed),
  lossesTotal: count,
});

export const snapshotRepairSchema = z.object({
  isDone: z.boolean(),
  looked: count,
  damaged: z.array(repairableSnapshotSchema).max(maxListed),
  damagedTotal: count,
  /** Snapshot files that cannot be read; they are left as they are. */
  unreadable: z.array(snapshotIdSchema).max(maxListed),
});
export type SnapshotRepairReport = z.infer<typeof snapshotRepairSchema>;

export const copyReportSchema = z.object({
  copied: z.array(z.object({ from: snapshotIdSchema, to: snapshotIdSchema })).max(10_000),
  copiedTotal: count,
  /** Were there before. */
  known: count,
  failed: z.array(z.object({ from: snapshotIdSchema, why: z.string() })).max(maxListed),
  failedTotal: count,
  bytes: count,
  bytesStored: count,
});
export type CopyReportData = z.infer<typeof copyReportSchema>;

/** In bytes or numbers. */
export const snapshotStatisticsSchema = z.object({
  id: snapshotIdSchema,
  time: instantSchema,
  /** Content of all files; one with several names counts for each of them. */
  logicalBytes: count,
  files: count,
  folders: count,
  /** Stored bytes that would not be needed without it. */
  onlyBytes: count,
  /** Stored bytes that no snapshot before it needed, in order of time, whatever it is of. */
  newBytes: count,
  /** False when something of it cannot be read: its figures are too low then. */
  isWhole: z.boolean(),
});

export const repositoryStatisticsSchema = z.object({
  /** The newest ones, oldest first. */
  snapshots: z.array(snapshotStatisticsSchema).max(10_000),
  snapshotsTotal: count,
  unreadableSnapshots: count,
  packs: count,
  packBytes: count,
  otherBytes: count,
  blobs: count,
  treeBlobs: count,
  /** All snapshots together, as if each were a copy of its own. */
  logicalBytes: count,
  /** Different content that snapshots need, before compression. */
  uniqueBytes: count,
  /** What that takes: compressed and encrypted. */
  storedBytes: count,
  compressionRatio: z.number().nonnegative(),
  unusedBytes: count,
  unusedBlobs: count,
  duplicateBytes: count,
  unlistedBytes: count,
});
export type RepositoryStatisticsData = z.infer<typeof repositoryStatisticsSchema>;
