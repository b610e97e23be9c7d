import type { HelperContext } from './context.ts';

/** Safety snapshots that a restore of this helper can still be taken back with; they are not deleted before. */
export function undoIds({ restores }: Pick<HelperContext, 'restores'>): ReadonlySet<string> {
  return new Set(restores.undoable().flatMap(({ safetySnapshotId }) => safetySnapshotId ?? []));
}
