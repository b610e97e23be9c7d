import type { RepositoryId } from '../../shared/domain/ids.ts';
import type { SnapshotSummary } from '../../shared/domain/snapshot.ts';
import { StillpointError } from '../../shared/errors/index.ts';
import type { HelperService } from '../helper/server/service.ts';

const pageSize = 2000;

/** Oldest first. */
export async function allSnapshots(service: HelperService, repositoryId: RepositoryId): Promise<SnapshotSummary[]> {
  const found: SnapshotSummary[] = [];
  for (;;) {
    const page = await service.call('snapshots.list', { repositoryId, offset: found.length, limit: pageSize });
    found.push(...page.snapshots);
    if (page.snapshots.length === 0 || found.length >= page.total) break;
  }
  return found.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

/** `latest`, or the beginning of a snapshot's or run's id that only one of them has. */
export async function findSnapshot(
  service: HelperService,
  repositoryId: RepositoryId,
  wanted: string,
): Promise<SnapshotSummary> {
  const snapshots = await allSnapshots(service, repositoryId);
  const latest = snapshots.filter(({ kind }) => kind !== 'safety').at(-1);
  if (wanted === 'latest' && latest) return latest;
  const matches = snapshots.filter(({ id, runId }) => id.startsWith(wanted) || runId?.startsWith(wanted));
  const [match] = matches;
  if (match && matches.length === 1 && wanted.length >= 4) return match;
  throw new StillpointError({
    kind: matches.length > 1 ? 'wrong-usage' : 'unknown-snapshot',
    field: 'SNAPSHOT',
    message: matches.length > 1 ? `"${wanted}" fits ${matches.length} snapshots.` : `There is no snapshot "${wanted}".`,
    guidance: 'Use more of its id (at least 4 characters), or "latest". `stillpoint snapshots` lists them.',
  });
}
