import type { RepositoryId, SnapshotId } from '../../../shared/domain/ids.ts';
import type { RunResult } from '../../../shared/domain/run.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { machineZone } from '../../schedule/index.ts';
import type { RepositoryAccess } from './repository-access.ts';
import type { RunRequest } from './run-service.ts';

type Access = Pick<RepositoryAccess, 'call' | 'requireReady'>;

/**
 * What follows a backup: deleting what the keep rules no longer keep. Undefined when there is nothing to delete, so that
 * Activity holds no runs that did nothing.
 */
export async function keepJob(
  access: Access,
  source: Source,
  { snapshotId }: Pick<RunResult, 'snapshotId'>,
): Promise<RunRequest | undefined> {
  if (snapshotId === null) return undefined;
  const zone = machineZone();
  const { going } = await access.call('keep.plan', { sourceId: source.id, zone });
  if (going === 0) return undefined;
  const { repositoryId } = source.policy;
  return {
    kind: 'forget',
    title: `Delete old snapshots of ${source.name}`,
    sourceId: source.id,
    repositoryId,
    // Nobody asked for it by name, so nobody is asked anything.
    trigger: 'schedule',
    keys: [`repository:${repositoryId}`],
    perform: ({ runId, signal, onEvent }) =>
      access.call('keep.apply', { sourceId: source.id, runId, zone }, { signal, onEvent, mayAsk: false }),
  };
}

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
