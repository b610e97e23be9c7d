import { isDeepStrictEqual } from 'node:util';
import { type Evidence, evidenceSchema } from '../../../shared/domain/evidence.ts';
import { decodeSnapshotTags } from '../../../shared/domain/snapshot-tags.ts';
import { instantToNs } from '../../../shared/domain/time.ts';
import type { ParentOptions } from '../capture/index.ts';
import { wallClockNs } from '../quiesce/index.ts';
import type { Repository } from '../repository/index.ts';
import type { BackupStages } from './backup.ts';
import { readEvidence } from './read-evidence.ts';

/** What may be reused of the snapshot before, and how much was in it. */
export interface Parent extends ParentOptions {
  readonly before?: { readonly files: number; readonly bytes: number };
}

const none: Parent = { parentTree: null, parentFlushedAtNs: null };

/**
 * The newest snapshot of ours of the same place on this machine (of a group: of the same places in the same order), if
 * anything of it may be reused unread: files whose
 * ctime lies before the flush its evidence tells of (without that instant an equal ctime proves nothing), and ranges that
 * the source's own record of changes since its checkpoint leaves out.
 *
 * Methods rely on `parentBase`: all of that snapshot is in the index of this run, so that what is as it was then need not
 * be readable in any other way. A snapshot with a torn file holds another content than its version had; and one whose tree
 * is not the very tree that was published for the version may lack anything, whatever its evidence tells.
 */
export async function findParent(
  repository: Repository,
  paths: readonly string[],
  { author: { hostname }, publishedTrees }: Pick<BackupStages, 'author' | 'publishedTrees'>,
  signal: AbortSignal,
): Promise<Parent> {
  const { snapshots } = await repository.snapshots.list(signal);
  const candidates = snapshots.filter(
    (snapshot) =>
      snapshot.hostname === hostname &&
      isDeepStrictEqual(snapshot.paths, paths) &&
      decodeSnapshotTags(snapshot.tags).runId !== null &&
      !decodeSnapshotTags(snapshot.tags).safety,
  );
  const newest = candidates.at(-1);
  if (!newest) return none;
  const evidence = evidenceSchema.safeParse(await readEvidence(repository, newest.tree)).data;
  const base = evidence?.detail.checkpoint;
  const isOurs = typeof base === 'string' && publishedTrees?.isOf(base, newest.tree) === true;
  const parentBase = isOurs && evidence?.files.tornTotal === 0 ? base : undefined;
  const before = evidence && { before: { files: evidence.files.files, bytes: evidence.files.bytes } };
  if (!evidence || (evidence.flushedAt === null && parentBase === undefined)) return { ...none, ...before };
  if (!(await repository.hasSubtree(newest.tree, signal))) return { ...none, ...before };
  return {
    parentTree: newest.tree,
    parentFlushedAtNs: reusableUntilNs(evidence),
    ...before,
    ...(parentBase === undefined ? {} : { parentBase }),
  };
}

/** No write that was begun longer ago is still under way: disks are given up sooner. */
const longestWriteNs = 300_000_000_000n;

/**
 * Ctimes before which an equal one proves equal content. A hold waits for every write that is under way; without one, a write
 * past memory (libaio) that moved its ctime before the flush may have ended after the file was read. A flush that is still
 * to come was timed by a clock that was set back since: it proves nothing.
 */
function reusableUntilNs({ flushedAt, hold }: Pick<Evidence, 'flushedAt' | 'hold'>): bigint | null {
  if (flushedAt === null) return null;
  const flushedNs = instantToNs(flushedAt);
  if (flushedNs > wallClockNs()) return null;
  return hold === null ? flushedNs - longestWriteNs : flushedNs;
}
