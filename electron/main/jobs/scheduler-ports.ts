import { performance } from 'node:perf_hooks';
import type { RepositoryId, RunId, SourceId } from '../../../shared/domain/ids.ts';
import type { RunResult } from '../../../shared/domain/run.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { instantToMs, msToInstant } from '../../../shared/domain/time.ts';
import { type BackupRequest, machineZone, type SchedulerPorts, type SnapshotOfRun } from '../../schedule/index.ts';
import { backupJob } from './backup-job.ts';
import { type CatalogSync, isReadable, listAll } from './catalog-sync.ts';
import type { DrawnCache } from './drawn-cache.ts';
import type { Clock } from './ports.ts';
import type { RepositoryAccess } from './repository-access.ts';
import type { RunService } from './run-service.ts';
import type { SourceDirectory } from './source-directory.ts';
import { whileWanted } from './while-wanted.ts';

export interface SchedulerPortsOptions {
  readonly access: RepositoryAccess;
  readonly sources: Pick<SourceDirectory, 'list'>;
  readonly drawn: Pick<DrawnCache, 'get'>;
  readonly sync: Pick<CatalogSync, 'repository'>;
  readonly runs: Pick<RunService, 'active' | 'cancel' | 'run'>;
  /** A scheduled run has ended well: whatever waits until its repository rests. */
  readonly afterBackup: (source: Source, result: RunResult) => Promise<void>;
  /** The first backup of such a source is about to be asked for by whoever added it. */
  readonly isExpected: (id: SourceId) => boolean;
  readonly newRunId: () => RunId;
  readonly now: Clock;
}

/** A repository is asked for what others stored in it at most so often. */
const askAgainMs = 5_000;

/** The world as the scheduler sees it from the app: over the helper, the catalog and the runs of this start. */
export function schedulerPorts(options: SchedulerPortsOptions): SchedulerPorts {
  const { access, sources, drawn, sync, runs, afterBackup, isExpected, newRunId, now } = options;
  const askedAt = new Map<RepositoryId, number>();

  const isThere = async (id: RepositoryId): Promise<boolean> =>
    (await access.list()).some((repository) => repository.id === id && isReadable(repository));

  /** However a snapshot came about: the command line and other machines store in the same repository. */
  const lookThere = async (id: RepositoryId): Promise<void> => {
    if (now() - (askedAt.get(id) ?? Number.NEGATIVE_INFINITY) < askAgainMs || !(await isThere(id))) return;
    askedAt.set(id, now());
    await sync.repository(id);
  };

  return {
    sources: async () => (await sources.list()).filter(({ id }) => !isExpected(id)),
    repositories: () => access.list(),
    machine: () => access.call('machine.conditions', {}),
    lastSnapshotAt: async (source) => {
      try {
        await lookThere(source.policy.repositoryId);
        const { snapshots } = await drawn.get();
        const own = snapshots.filter(
          ({ mark, sourceId }) =>
            sourceId === source.id && mark.kind === 'backup' && mark.repositoryId === source.policy.repositoryId,
        );
        return own.length === 0 ? null : Math.max(...own.map(({ mark }) => mark.askedAt ?? mark.time));
      } catch {
        return 'unknown';
      }
    },
    activity: async (source, since) => {
      const found = await access.call('sources.activity', { id: source.id, since: msToInstant(since) });
      return { ...found, newestChangeAt: found.newestChangeAt === null ? null : instantToMs(found.newestChangeAt) };
    },
    snapshotOfRun: async (repositoryId, runId) => {
      try {
        return (await isThere(repositoryId)) ? await snapshotOfRun(access, repositoryId, runId) : { kind: 'unknown' };
      } catch {
        return { kind: 'unknown' };
      }
    },
    startBackup: ({ source, runId, askedAt, signal }: BackupRequest) => {
      const { ended } = runs.run({ ...backupJob(access, source, 'schedule'), runId, askedAt });
      return whileWanted(runs, runId, ended, signal);
    },
    wanted: (id) => void access.call('repositories.want', { id }).catch(() => undefined),
    afterBackup: ({ source }, result) => afterBackup(source, result),
    newRunId,
    now,
    monotonic: () => performance.now(),
    zone: machineZone,
  };
}

export async function snapshotOfRun(
  access: Pick<RepositoryAccess, 'call'>,
  repositoryId: RepositoryId,
  runId: RunId,
): Promise<SnapshotOfRun> {
  const snapshot = (await listAll(access, repositoryId)).find(
    (listed) => listed.runId === runId && listed.kind === 'backup',
  );
  if (!snapshot) return { kind: 'none' };
  const key = { repositoryId, snapshotId: snapshot.id };
  const { evidence } = await access.call('snapshots.evidence', key).catch(() => ({ evidence: null }));
  return { kind: 'published', snapshot, evidence };
}
