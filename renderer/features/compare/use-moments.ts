import { useMemo } from 'react';
import { useStore } from '../../state/store.ts';
import type { SnapshotRef } from '../../state/view.ts';

export interface Moment {
  readonly ref: SnapshotRef;
  readonly time: number;
}

export interface Moments {
  readonly name: string;
  /** Snapshots of the same source in the same repository, newest first. */
  readonly moments: readonly Moment[];
  /** False for snapshots whose original place is not on this machine as far as we know. */
  readonly hasNow: boolean;
}

export function useMoments(of: SnapshotRef): Moments {
  const lanes = useStore((state) => state.lanes);
  return useMemo(() => {
    const lane = lanes?.find(({ snapshots }) => snapshots.some(({ id }) => id === of.snapshotId));
    const moments = (lane?.snapshots ?? [])
      .filter(({ repositoryId }) => repositoryId === of.repositoryId)
      .map(({ id, repositoryId, time }) => ({ ref: { repositoryId, snapshotId: id }, time }))
      .sort((a, b) => b.time - a.time);
    return { name: lane?.name ?? '', moments, hasNow: lane?.sourceId != null };
  }, [lanes, of.snapshotId, of.repositoryId]);
}
