import type { RunId, SnapshotId } from '../../../shared/domain/ids.ts';
import { decodeSnapshotTags } from '../../../shared/domain/snapshot-tags.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { Repository } from '../repository/index.ts';

/**
 * Looks at a snapshot as a later reader will: it is listed, its file opens, and its tree with everything below is in the
 * index. Together with the packs read back before, this is what "verified" means.
 */
export async function verifySnapshot(
  repository: Repository,
  id: SnapshotId,
  runId: RunId,
  signal: AbortSignal,
): Promise<void> {
  const snapshot = await repository.snapshots.load(id);
  const whole = await repository.hasSubtree(snapshot.tree, signal);
  if (whole && decodeSnapshotTags(snapshot.tags).runId === runId) return;
  throw new StillpointError({
    kind: 'repository-damaged',
    message: 'The snapshot was published but does not read back whole.',
    guidance: 'Run a check of the repository; do not rely on this snapshot.',
    context: { snapshotId: id },
  });
}
