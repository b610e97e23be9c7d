import type { RunId, SnapshotId } from '../../../shared/domain/ids.ts';
import type { RunKind, RunOutcome, RunResult } from '../../../shared/domain/run.ts';
import type { Instant } from '../../../shared/domain/time.ts';
import { isStillpointError, StillpointError, serializeError } from '../../../shared/errors/index.ts';
import type { Repository } from '../repository/index.ts';
import type { PreparedRestore, RestoreOutcome } from '../restore/contract.ts';
import type { BackupStages } from './backup.ts';
import { keepListed } from './keep-listed.ts';
import type { RunReporter } from './run-reporter.ts';
import { emptyResult } from './run-results.ts';
import { takeSafetySnapshot } from './safety-snapshot.ts';
import { takeLock } from './take-lock.ts';

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
 * with its journal, then reading back. Without the safety snapshot nothing is touched, unless the user refused it. The
 * repository is locked throughout, so that nobody prunes what is being read.
 */
export async function restore(
  job: RestoreJob,
  prepared: PreparedRestore,
  repository: Repository,
  stages: BackupStages,
  report: RunReporter,
  signal: AbortSignal,
): Promise<RunResult> {
  const lock = await report.phase('open', () => takeLock(repository, report, signal));
  try {
    const running = AbortSignal.any([signal, lock.lost]);
    const isNeeded = job.safetySnapshot && prepared.endangered(job.unticked).length > 0;
    const safetySnapshotId = isNeeded
      ? await report.phase('safety', () =>
          takeSafetySnapshot(job, prepared, repository, lock, stages, report, running).catch(withoutSafety),
        )
      : null;
    const { runId, unticked } = job;
    const outcome = await prepared.run({ runId, unticked, safetySnapshotId }, { signal: running, report });
    return resultOf(job, safetySnapshotId, outcome);
  } finally {
    await lock.release();
  }
}

/** A place that cannot take the safety snapshot is no reason to go without: say so, and what else can be done. */
function withoutSafety(error: unknown): never {
  const kinds = ['repository-full', 'repository-read-only', 'repository-absent'] as const;
  const known = kinds.find((kind) => isStillpointError(error, kind));
  if (known === undefined) throw error;
  throw new StillpointError({
    kind: known,
    message: `No safety snapshot could be taken, so nothing was touched: ${(error as StillpointError).message}`,
    guidance: 'Restore into another folder, make room in the repository, or refuse the safety snapshot expressly.',
    cause: error,
  });
}

function resultOf(job: RestoreJob, safetySnapshotId: SnapshotId | null, outcome: RestoreOutcome): RunResult {
  const { replaced, added, deleted, metadataOnly, verified, warnings, warningsTotal, notDone, endedBy } = outcome;
  const parts = [
    part(replaced, 'replaced'),
    part(added, 'added'),
    part(deleted, 'deleted'),
    part(metadataOnly, 'with other attributes'),
    part(notDone, 'left as they were'),
  ].filter((text) => text !== '');
  const did = parts.length === 0 ? 'Nothing had to be changed' : sentence(parts);
  const why = endedBy === null ? '' : ` It ended early: ${endedBy.message}`;
  return {
    ...emptyResult(job.runId, outcomeOf(outcome), `${did}. ${verified} read back and compared.${why}`),
    snapshotId: safetySnapshotId,
    files: replaced + added,
    bytes: outcome.bytesWritten,
    warnings: keepListed(warnings.map(({ path, text }) => ({ code: 'restore', text, path }))),
    warningsTotal,
    error: endedBy === null ? null : serializeError(endedBy),
  };
}

function outcomeOf({ endedBy, warningsTotal, notDone }: RestoreOutcome): RunOutcome {
  if (endedBy !== null) return endedBy.kind === 'cancelled' ? 'cancelled' : 'failed';
  return warningsTotal > 0 || notDone > 0 ? 'warnings' : 'done';
}

function part(count: number, what: string): string {
  return count === 0 ? '' : `${count} ${what}`;
}

function sentence(parts: readonly string[]): string {
  const text = parts.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
