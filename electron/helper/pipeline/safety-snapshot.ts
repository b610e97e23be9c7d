import type { SnapshotId } from '../../../shared/domain/ids.ts';
import { encodeSnapshotTags } from '../../../shared/domain/snapshot-tags.ts';
import { instantToNs, msToInstant } from '../../../shared/domain/time.ts';
import { blobStoreFor, capture } from '../capture/index.ts';
import type { StillEvidence } from '../quiesce/contract.ts';
import type { HeldLock, Repository } from '../repository/index.ts';
import type { PreparedRestore } from '../restore/contract.ts';
import { assertSafe } from '../restore/index.ts';
import { addEvidence } from './add-evidence.ts';
import type { BackupStages } from './backup.ts';
import { composeEvidence } from './compose-evidence.ts';
import type { RestoreJob } from './restore.ts';
import type { RunReporter } from './run-reporter.ts';

/**
 * A published snapshot of exactly what a restore is about to replace or delete. Every file in it is whole, checked one by
 * one; nobody is held, so it claims no more than that. What could not be saved whole refuses the restore.
 */
export async function takeSafetySnapshot(
  job: RestoreJob,
  prepared: PreparedRestore,
  repository: Repository,
  lock: HeldLock,
  stages: BackupStages,
  report: RunReporter,
  signal: AbortSignal,
): Promise<SnapshotId> {
  const stillPoint = msToInstant(Date.now());
  const paths = prepared.safetyPaths(job.unticked);
  const stored = await repository.withWriter(lock, { signal }, async (writer) => {
    const store = blobStoreFor(repository, writer);
    const view = prepared.endangeredView(job.unticked);
    const captured = await capture(view, store, { signal, report, parentTree: null, parentFlushedAtNs: null });
    const unlisted = view.unreadable();
    const { totals } = captured;
    assertSafe({
      ...totals,
      unreadable: [...totals.unreadable, ...unlisted],
      unreadableTotal: totals.unreadableTotal + unlisted.length,
    });
    const evidence = composeEvidence(
      {
        runId: job.runId,
        sourceId: null,
        sourceName: 'Before a restore',
        sourceKind: 'filesystem',
        sourceLocation: paths.join(', '),
        method: 'live',
        askedAt: job.askedAt,
        whyNotStronger: ['Only what a restore was about to replace is in it; each file was checked by itself.'],
        attempts: 1,
        hostname: stages.author.hostname,
        kernel: stages.kernel,
        unlisted,
      },
      unobserved(stillPoint),
      totals,
    );
    const tree = await addEvidence(store, captured.rootTree, evidence);
    await writer.verifyPacks();
    return { tree, level: evidence.level };
  });
  const tags = { runId: job.runId, sourceId: null, level: stored.level, safety: true, pinned: false };
  const snapshot = await repository.snapshots.publish(lock, {
    timeNs: instantToNs(stillPoint),
    tree: stored.tree,
    paths,
    ...stages.author,
    excludes: [],
    tags: encodeSnapshotTags(tags),
    programVersion: `stillpoint ${stages.version}`,
  });
  return snapshot.id;
}

function unobserved(stillPoint: string): StillEvidence {
  return {
    hold: null,
    observation: null,
    agreement: null,
    atomic: null,
    flushedAt: null,
    stillPoint,
    leftOut: [],
    leftOutTotal: 0,
    detail: {},
    machine: { filesystem: '', mountPoint: '', device: '' },
    rereadTotal: 0,
  };
}
