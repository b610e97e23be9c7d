import type { RepositoryId, SnapshotId } from '../../../../shared/domain/ids.ts';
import type { useStore } from '../../../state/store.ts';

type Lane = NonNullable<ReturnType<typeof useStore.getState>['lanes']>[number];

/** Snapshots of one source in one repository, oldest first. */
export interface CopyGroup {
  readonly key: string;
  readonly name: string;
  readonly ids: readonly SnapshotId[];
}

export type CopyWhich = 'all' | 'newest' | 'sources';

export function copyGroups(lanes: readonly Lane[], id: RepositoryId): CopyGroup[] {
  return lanes.flatMap(({ key, name, snapshots }) => {
    const own = snapshots.filter(({ repositoryId }) => repositoryId === id).toSorted((a, b) => a.time - b.time);
    return own.length === 0 ? [] : [{ key, name, ids: own.map((mark) => mark.id) }];
  });
}

/** What is copied; empty where nothing is chosen. */
export function chosenIds(groups: readonly CopyGroup[], which: CopyWhich, keys: readonly string[]): SnapshotId[] {
  switch (which) {
    case 'all':
      return groups.flatMap(({ ids }) => [...ids]);
    case 'newest':
      return groups.flatMap(({ ids }) => ids.slice(-1));
    case 'sources':
      return groups.filter(({ key }) => keys.includes(key)).flatMap(({ ids }) => [...ids]);
  }
}
