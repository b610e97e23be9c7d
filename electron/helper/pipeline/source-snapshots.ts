import type { SnapshotId, SourceId } from '../../../shared/domain/ids.ts';
import type { SourceSnapshot } from '../../../shared/domain/keep/decide.ts';
import { type ConsistencyLevel, isAtLeast } from '../../../shared/domain/level.ts';
import { decodeSnapshotTags } from '../../../shared/domain/snapshot-tags.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { Repository, Snapshot } from '../repository/index.ts';
import type { Author } from './backup.ts';

/** A snapshot of a source as the keep rules see it, and as the repository knows it. */
export interface RuledSnapshot extends SourceSnapshot {
  readonly id: SnapshotId;
  readonly snapshot: Snapshot;
}

export interface RuledBy {
  readonly sourceId: SourceId;
  readonly requiredLevel: ConsistencyLevel;
  /** Whose safety snapshots go by their age with it. */
  readonly author: Author;
  /** Safety snapshots that a restore can still be taken back with. */
  readonly undoIds: ReadonlySet<string>;
}

/**
 * The snapshots that one source's rules are about, newest first: those with its id in their tags, and the safety
 * snapshots of this user on this machine. Never one of another source, user or program. `repository-damaged` when any
 * snapshot file cannot be read: what is not known cannot be decided about.
 */
export async function snapshotsOfSource(
  repository: Repository,
  by: RuledBy,
  signal: AbortSignal,
): Promise<RuledSnapshot[]> {
  const snapshots = await readableSnapshots(repository, signal);
  return snapshots.flatMap((snapshot) => ruledBy(snapshot, by) ?? []).reverse();
}

/** All of a repository's, oldest first. Those of `except` need not be readable. */
export async function readableSnapshots(
  repository: Repository,
  signal: AbortSignal,
  except: ReadonlySet<SnapshotId> = new Set(),
): Promise<readonly Snapshot[]> {
  const { snapshots, damaged } = await repository.snapshots.list(signal);
  const wrong = damaged.filter(({ id }) => !except.has(id));
  const [first] = wrong;
  if (first === undefined) return snapshots;
  const more = wrong.length > 1 ? ` and ${wrong.length - 1} more` : '';
  throw new StillpointError({
    kind: 'repository-damaged',
    message: `Nothing was deleted: snapshot ${first.id.slice(0, 8)}${more} cannot be read, so what it needs is not known.`,
    guidance:
      'Run a check of this repository. If nothing of that snapshot can be saved, delete its file from the folder snapshots of the repository; then the rest can be decided about.',
    context: { snapshotId: first.id },
    cause: first.error,
  });
}

function ruledBy(snapshot: Snapshot, by: RuledBy): RuledSnapshot | null {
  const { runId, sourceId, safety, level, pinned } = decodeSnapshotTags(snapshot.tags);
  if (runId === null) return null;
  const isOfSource = !safety && sourceId === by.sourceId;
  if (!isOfSource && !(safety && isOfAuthor(snapshot, by.author))) return null;
  const { id, timeNs, tags, offsetMinutes = 0 } = snapshot;
  return {
    ...{ id, snapshot, tags, offsetMinutes, pinned, safety, undo: by.undoIds.has(id) },
    time: Number(timeNs / 1_000_000n),
    nanoseconds: Number(timeNs % 1_000_000n),
    good: level !== null && isAtLeast(level, by.requiredLevel),
    whole: level !== null && level !== 'torn',
  };
}

export function isOfAuthor({ hostname, username, uid }: Snapshot, author: Author): boolean {
  return hostname === author.hostname && username === author.username && uid === author.uid;
}
