import { useMemo } from 'react';
import type { RestorePoint } from '../../../shared/domain/restore.ts';
import { useStore } from '../../state/store.ts';
import { useAnswer } from '../../state/use-answer.ts';

/** What the wizard says about the snapshot it restores from. Null parts are not known yet, or not recorded at all. */
export interface PointFacts {
  readonly name: string;
  /** The still point, milliseconds since the epoch. */
  readonly time: number | null;
  readonly level: PointMark['level'] | null;
  readonly stallMs: number | null;
  /** Where its paths came from on the machine that made it. */
  readonly paths: readonly string[];
  /** The machine that made it, when it is not this one. */
  readonly otherHost: string | null;
}

type PointMark = NonNullable<ReturnType<typeof useStore.getState>['lanes']>[number]['snapshots'][number];

export function usePointFacts(point: RestorePoint): PointFacts {
  const { repositoryId, snapshotId } = point;
  const lanes = useStore((state) => state.lanes);
  const hostname = useStore((state) => state.info?.hostname);
  const details = useAnswer('snapshots.details', { repositoryId, snapshotId });
  return useMemo(() => {
    const lane = lanes?.find(({ snapshots }) =>
      snapshots.some((mark) => mark.id === snapshotId && mark.repositoryId === repositoryId),
    );
    const mark = details.value?.mark ?? lane?.snapshots.find(({ id }) => id === snapshotId);
    const summary = details.value?.summary;
    return {
      name: lane?.name ?? summary?.sourceName ?? '',
      time: mark?.time ?? null,
      level: mark?.level ?? null,
      stallMs: mark?.stallMs ?? null,
      paths: summary?.paths ?? [],
      otherHost:
        summary !== undefined && hostname !== undefined && summary.hostname !== hostname ? summary.hostname : null,
    };
  }, [lanes, details.value, hostname, repositoryId, snapshotId]);
}
