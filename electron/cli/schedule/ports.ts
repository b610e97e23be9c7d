import { performance } from 'node:perf_hooks';
import type { RepositoryId, RunId, SnapshotId } from '../../../shared/domain/ids.ts';
import type { RepositoryStatus } from '../../../shared/domain/repository.ts';
import type { SnapshotSummary } from '../../../shared/domain/snapshot.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { instantToMs, msToInstant } from '../../../shared/domain/time.ts';
import type { HelperService } from '../../helper/server/service.ts';
import { machineZone, type SchedulerPorts } from '../../schedule/index.ts';
import { allSnapshots } from '../find-snapshot.ts';
import { newRunId } from '../run-ids.ts';

export interface PortsOptions {
  readonly service: HelperService;
  readonly repositories: () => Promise<readonly RepositoryStatus[]>;
  readonly startBackup: SchedulerPorts['startBackup'];
}

/** The world as the scheduler sees it from the command line: through the helper in this process. */
export function schedulerPorts({ service, repositories, startBackup }: PortsOptions): SchedulerPorts {
  const askedTimes = new Map<SnapshotId, number>();

  const isThere = async (id: RepositoryId): Promise<boolean> =>
    (await repositories()).some(
      (repository) => repository.id === id && (repository.state === 'ready' || repository.state === 'read-only'),
    );

  /** A snapshot says when it was asked for in its evidence only; that does not change. */
  const askedAt = async ({ repositoryId, id, time }: SnapshotSummary): Promise<number> => {
    const known = askedTimes.get(id);
    if (known !== undefined) return known;
    const { evidence } = await service.call('snapshots.evidence', { repositoryId, snapshotId: id });
    const asked = instantToMs(evidence?.askedAt ?? time);
    askedTimes.set(id, asked);
    return asked;
  };

  return {
    sources: () => service.call('sources.list', {}),
    repositories,
    machine: () => service.call('machine.conditions', {}),
    async lastSnapshotAt(source) {
      try {
        const { repositoryId } = source.policy;
        if (!(await isThere(repositoryId))) return 'unknown';
        const newest = backupsOf(source, await allSnapshots(service, repositoryId)).at(-1);
        return newest ? await askedAt(newest) : null;
      } catch {
        return 'unknown';
      }
    },
    async activity(source, since) {
      const found = await service.call('sources.activity', { id: source.id, since: msToInstant(since) });
      return { ...found, newestChangeAt: found.newestChangeAt === null ? null : instantToMs(found.newestChangeAt) };
    },
    async snapshotOfRun(repositoryId, runId) {
      try {
        return (await isThere(repositoryId)) ? await snapshotOfRun(service, repositoryId, runId) : { kind: 'unknown' };
      } catch {
        return { kind: 'unknown' };
      }
    },
    startBackup,
    wanted: (id) => void service.call('repositories.want', { id }).catch(() => undefined),
    newRunId,
    now: () => Date.now(),
    monotonic: () => performance.now(),
    zone: machineZone,
  };
}

/** Oldest first. */
export function backupsOf(source: Source, snapshots: readonly SnapshotSummary[]): SnapshotSummary[] {
  return snapshots.filter(({ sourceId, kind }) => sourceId === source.id && kind === 'backup');
}

async function snapshotOfRun(
  service: HelperService,
  repositoryId: RepositoryId,
  runId: RunId,
): ReturnType<SchedulerPorts['snapshotOfRun']> {
  const snapshots = await allSnapshots(service, repositoryId);
  const snapshot = snapshots.find((listed) => listed.runId === runId && listed.kind === 'backup');
  if (!snapshot) return { kind: 'none' };
  const key = { repositoryId, snapshotId: snapshot.id };
  const { evidence } = await service.call('snapshots.evidence', key).catch(() => ({ evidence: null }));
  return { kind: 'published', snapshot, evidence };
}
