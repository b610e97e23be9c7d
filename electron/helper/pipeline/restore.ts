import type { RunId, SnapshotId } from '../../../shared/domain/ids.ts';
import type { RunKind, RunResult } from '../../../shared/domain/run.ts';
import type { Instant } from '../../../shared/domain/time.ts';
import { isStillpointError, StillpointError } from '../../../shared/errors/index.ts';
import type { Repository } from '../repository/index.ts';
import type { PreparedRestore, RestoreOutcome } from '../restore/contract.ts';
import { emptyResult } from './run-results.ts';
import type { RunReporter } from './run-reporter.ts';
import { takeSafetySnapshot } from './safety-snapshot.ts';
import type { BackupStages } from './backup.ts';

export interface RestoreJob {
  readonly runId: RunId;
  readonly askedAt: Instant;
  readonly kind: Extract<RunKind, 'restore' | 'undo'>;
  readonly unticked: readonly string[];
  /** False only on the user's explicit refusal. */
  readonly safetySnapshot: boolean;
}

/**
 * One restore, from top to bottom: a safety snapshot of everything about to be replaced or deleted, then the writing
 * with its journal, then reading back. Without the safety snapshot nothing is touched, unless the user refused it.
 */
export async function restore(
  job: RestoreJob,
  prepared: PreparedRestore,
  repository: Repository,
  stages: BackupStages,
  report: RunReporter,
  signal: AbortSignal,
): Promise<RunResult> {
  const endangered = prepared.endangered(job.unticked);
  const safetySnapshotId =
    job.safetySnapshot && endangered.length > 0
      ? await report.phase('safety', () => safety(job, endangered, repository, stages, report, signal))
      : null;
  report.expect(prepared.plan.counts.add + prepared.plan.counts.replace, prepared.plan.bytesToWrite);
  const outcome = await report.phase('write', () =>
    prepared.run({ runId: job.runId, unticked: job.unticked, safetySnapshotId }, { signal, report }),
  );
  return resultOf(job, safetySnapshotId, outcome);
}

/** A place that cannot take the safety snapshot is no reason to go without: say so, and what else can be done. */
async function safety(
  job: RestoreJob,
  endangered: readonly string[],
  repository: Repository,
  stages: BackupStages,
  report: RunReporter,
  signal: AbortSignal,
): Promise<SnapshotId> {
  try {
    return await takeSafetySnapshot(job, endangered, repository, stages, report, signal);
  } catch (error) {
    const kinds = ['repository-full', 'repository-read-only', 'repository-absent'] as const;
    if (!kinds.some((kind) => isStillpointError(error, kind))) throw error;
    throw new StillpointError({
      kind: (error as StillpointError).kind,
      message: `No safety snapshot could be taken, so nothing was touched: ${(error as StillpointError).message}`,
      guidance: 'Restore into another folder, make room in the repository, or refuse the safety snapshot expressly.',
      cause: error,
    });
  }
}

function resultOf(job: RestoreJob, safetySnapshotId: SnapshotId | null, outcome: RestoreOutcome): RunResult {
  const { replaced, added, deleted, metadataOnly, verified, warnings } = outcome;
  const parts = [
    part(replaced, 'replaced'),
    part(added, 'added'),
    part(deleted, 'deleted'),
    part(metadataOnly, 'with other attributes'),
  ].filter((text) => text !== '');
  const did = parts.length === 0 ? 'Nothing had to be changed' : sentence(parts);
  return {
    ...emptyResult(job.runId, warnings.length > 0 ? 'warnings' : 'done', `${did}. ${verified} read back and compared.`),
    snapshotId: safetySnapshotId,
    files: replaced + added,
    bytes: outcome.bytesWritten,
    warnings: warnings.slice(0, 1000).map(({ path, text }) => ({ code: 'restore', text, path })),
    warningsTotal: warnings.length,
  };
}

function part(count: number, what: string): string {
  return count === 0 ? '' : `${count} ${what}`;
}

function sentence(parts: readonly string[]): string {
  const text = parts.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
