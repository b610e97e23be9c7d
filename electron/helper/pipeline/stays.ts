import { decodeSnapshotTags } from '../../../shared/domain/snapshot-tags.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { Snapshot } from '../repository/index.ts';

export interface StaysJob {
  /** Safety snapshots that a restore can still be taken back with. */
  readonly undoIds: ReadonlySet<string>;
  /** What named the snapshots in the question. */
  readonly field: string;
}

/** Refuses, with words, as soon as one of the snapshots that a person chose to delete has to stay. */
export function requireMayGo(going: readonly Snapshot[], { undoIds, field }: StaysJob): void {
  const pinned = going.find(({ tags }) => decodeSnapshotTags(tags).pinned);
  if (pinned !== undefined) throw stays(pinned, field, 'is pinned', 'Unpin it first if it may really go.');
  const needed = going.find(({ id }) => undoIds.has(id));
  if (needed === undefined) return;
  throw stays(needed, field, 'is needed to take a restore back', 'Once that restore is taken back it may go.');
}

function stays({ id }: Snapshot, field: string, why: string, guidance: string): StillpointError {
  return new StillpointError({
    kind: 'bad-input',
    field,
    message: `Nothing was deleted: snapshot ${id.slice(0, 8)} ${why}.`,
    guidance,
    context: { snapshotId: id },
  });
}
