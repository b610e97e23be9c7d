import { StillpointError } from '../../../shared/errors/index.ts';
import type { IpcResult } from '../../../shared/ipc/contract.ts';
import type { Catalog, CatalogedSnapshot, SnapshotKey } from './catalog-port.ts';
import type { HelperCalls } from './ports.ts';

interface Needs {
  readonly access: HelperCalls;
  readonly catalog: Pick<Catalog, 'getRun' | 'getSnapshot' | 'putEvidence'>;
}

/** One snapshot with its proof; evidence that was not fetched yet is fetched now. */
export async function snapshotDetails(needs: Needs, key: SnapshotKey): Promise<IpcResult<'snapshots.details'>> {
  const { mark, summary, evidence } = await withEvidence(needs, key);
  const run = mark.runId === null ? null : await needs.catalog.getRun(mark.runId);
  return { mark, summary, evidence, run };
}

async function withEvidence({ access, catalog }: Needs, key: SnapshotKey): Promise<CatalogedSnapshot> {
  const known = await catalog.getSnapshot(key);
  if (!known) throw unknownSnapshot(key);
  if (known.evidenceKnown) return known;
  try {
    const { evidence } = await access.call('snapshots.evidence', key);
    await catalog.putEvidence(key, evidence);
  } catch {
    // A repository that is away takes its evidence with it; what is known is shown all the same.
    return known;
  }
  return (await catalog.getSnapshot(key)) ?? known;
}

function unknownSnapshot({ snapshotId }: SnapshotKey): StillpointError {
  return new StillpointError({
    kind: 'unknown-snapshot',
    message: `There is no snapshot ${snapshotId.slice(0, 8)} any more.`,
    guidance: 'It may have been deleted by another program. Refresh the timeline.',
  });
}
