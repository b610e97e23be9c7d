import type { RepositoryStatisticsData } from '../../../shared/domain/maintenance.ts';
import { nsToInstant } from '../../../shared/domain/time.ts';
import type { Repository } from '../repository/index.ts';

/** What one frame takes; a repository with more snapshots shows the newest ones. */
const maxSnapshots = 10_000;

/** Measures under a shared lock: what is looked at must not be given back meanwhile. */
export async function statisticsOf(
  repository: Repository,
  onProgress: (progress: { readonly done: number; readonly total: number }) => void,
  signal: AbortSignal,
): Promise<RepositoryStatisticsData> {
  const { snapshots, ...totals } = await repository.locks.withLock({ mode: 'shared', signal, waitMs: 60_000 }, (lock) =>
    repository.statistics({
      signal: AbortSignal.any([signal, lock.lost]),
      onProgress: (done, total) => onProgress({ done, total }),
    }),
  );
  return {
    ...totals,
    snapshotsTotal: snapshots.length,
    snapshots: snapshots
      .slice(-maxSnapshots)
      .map(({ timeNs, ...figures }) => ({ ...figures, time: nsToInstant(timeNs) })),
  };
}
