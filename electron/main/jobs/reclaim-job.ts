import type { RepositoryId, SnapshotId } from '../../../shared/domain/ids.ts';
import type { RepositoryAccess } from './repository-access.ts';
import type { RunRequest } from './run-service.ts';

type Access = Pick<RepositoryAccess, 'call' | 'requireReady'>;

/** Deletes what a person chose, and gives back the space that nothing needs any more. */
export function reclaimJob(
  access: Access,
  id: RepositoryId,
  name: string,
  snapshotIds: readonly SnapshotId[],
): RunRequest {
  return {
    kind: 'forget',
    title: `Free space in ${name}`,
    sourceId: null,
    repositoryId: id,
    keys: [`repository:${id}`],
    perform: async ({ runId, signal, onEvent }) => {
      await access.requireReady(id);
      return access.call('repositories.reclaim', { id, runId, snapshotIds: [...snapshotIds] }, { signal, onEvent });
    },
  };
}
