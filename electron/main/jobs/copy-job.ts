import type { SnapshotId } from '../../../shared/domain/ids.ts';
import type { RepositoryStatus } from '../../../shared/domain/repository.ts';
import { beforeEnd } from './before-end.ts';
import type { MaintenanceParts } from './prune-job.ts';
import type { RunRequest } from './run-service.ts';

export interface CopyWish {
  readonly to: Pick<RepositoryStatus, 'id' | 'name'>;
  readonly from: Pick<RepositoryStatus, 'id' | 'name'>;
  /** None: all. */
  readonly snapshotIds: readonly SnapshotId[];
}

/** Copies snapshots; what is there already is not copied again, so one that was stopped goes on where it was. */
export function copyJob({ access, reports }: MaintenanceParts, { to, from, snapshotIds }: CopyWish): RunRequest {
  return {
    kind: 'copy',
    title: `Copy ${from.name} to ${to.name}`,
    sourceId: null,
    repositoryId: to.id,
    keys: [`repository:${to.id}`],
    perform: async ({ runId, signal, onEvent }) => {
      await access.requireReady(from.id);
      await access.requireReady(to.id);
      const wish = { id: to.id, fromId: from.id, runId, snapshotIds: [...snapshotIds] };
      const { run, report } = await access.call('repositories.copy', wish, { signal, onEvent: beforeEnd(onEvent) });
      reports.put(runId, { kind: 'copy', report });
      return run;
    },
  };
}
