import { z } from 'zod';
import { repositoryIdSchema, runIdSchema, snapshotIdSchema } from '../../../../shared/domain/ids.ts';
import { restoreModeSchema } from '../../../../shared/domain/restore.ts';
import { instantSchema } from '../../../../shared/domain/time.ts';
import { displayPath } from '../display-path.ts';
import { topMetadataSchema } from '../fresh/top-metadata.ts';
import { foundRecordSchema } from './found-record.ts';

export const journalVersion = 1;

export const rootRecordSchema = z.object({
  /** Base64 of the canonical absolute path: it may hold any bytes. */
  path: z.string(),
  deviceId: z.string(),
  inode: z.string(),
});
export type RootRecord = z.infer<typeof rootRecordSchema>;

/** What one restore is, as journal and undo record have it. */
export const restoreHeadSchema = z.object({
  runId: runIdSchema,
  repositoryId: repositoryIdSchema,
  restoredSnapshotId: snapshotIdSchema,
  safetySnapshotId: snapshotIdSchema.nullable(),
  /** There was something to keep safe, and the user did not want it kept. */
  safetyRefused: z.boolean(),
  targetPath: z.string(),
  /** Base64 of the canonical path of each place; none in what was written before there were any. */
  places: z.array(z.string()).default([]),
  mode: restoreModeSchema,
  /** The restore that this one takes back. */
  undoes: runIdSchema.nullable(),
  /** In whose name it ran: nobody else is shown it. */
  uid: z.number().int().nonnegative(),
  startedAt: instantSchema,
  roots: z.array(rootRecordSchema),
});
export type RestoreHead = z.infer<typeof restoreHeadSchema>;

/** What was put back or put below. */
export function placesOf({ places, roots }: Pick<RestoreHead, 'places' | 'roots'>): readonly Buffer[] {
  const known = places.length > 0 ? places : [...new Set(roots.map(({ path }) => path))];
  return known.map((path) => Buffer.from(path, 'base64'));
}

/** For people: what several places have in common says nothing. */
export function placesInWords(head: Pick<RestoreHead, 'places' | 'roots' | 'targetPath'>): string {
  return head.places.length > 1 ? placesOf(head).map(displayPath).join(', ') : head.targetPath;
}

const n = z.number().int().nonnegative();
/** Names below the root, quoted and joined by `/`, beginning with one. */
const place = { root: n, path: z.string() };

export const changeKinds = ['added', 'replaced', 'metadata', 'deleted'] as const;
export const changeKindSchema = z.enum(changeKinds);
export type ChangeKind = (typeof changeKinds)[number];

/**
 * One line of a journal. Written and synced before what it announces is done (`put`, `ready`, `aside`, `remove`, `tree`,
 * `made`), or soon after it was done (`placed`, `removed`, `begun`, `named`, `skipped`): a missing one of those is found out by looking.
 */
export const journalRecordSchema = z.discriminatedUnion('record', [
  z.object({ record: z.literal('start'), version: z.literal(journalVersion), head: restoreHeadSchema }),
  /** An entry will be put in place; `temp` is the name it gets first, null for a directory. */
  z.object({ record: z.literal('put'), n, ...place, temp: z.string().nullable(), was: foundRecordSchema.nullable() }),
  /** What will be in place is complete and durable: a temporary file, the name it is linked to, or what is there already. */
  z.object({ record: z.literal('ready'), n, deviceId: z.string(), inode: z.string() }),
  /** What was there will be moved aside to this name in the same directory. */
  z.object({ record: z.literal('aside'), n, name: z.string() }),
  z.object({ record: z.literal('placed'), n, change: changeKindSchema, now: foundRecordSchema }),
  /** A folder will be made as `temp`, with all that is in it, and then get its name in one step, in place of nothing. */
  z.object({ record: z.literal('tree'), n, ...place, temp: z.string() }),
  /** The folder that is `temp` now. */
  z.object({ record: z.literal('begun'), n, deviceId: z.string(), inode: z.string() }),
  /** All of it is there and durable. `lines`: see `TreeText`. `top`: what its top gets when it has its name, not before. */
  z.object({
    record: z.literal('made'),
    n,
    deviceId: z.string(),
    lines: z.string(),
    top: topMetadataSchema.optional(),
  }),
  z.object({ record: z.literal('named'), n }),
  z.object({ record: z.literal('skipped'), n }),
  z.object({ record: z.literal('remove'), n, ...place, was: foundRecordSchema }),
  z.object({ record: z.literal('removed'), n }),
  z.object({ record: z.literal('ended') }),
]);
export type JournalRecord = z.infer<typeof journalRecordSchema>;
