import type { RunId, SnapshotId } from '../../../shared/domain/ids.ts';
import type { CopyReportData } from '../../../shared/domain/maintenance.ts';
import type { RunResult, RunWarning } from '../../../shared/domain/run.ts';
import type { CopyReport, Repository } from '../repository/index.ts';
import type { RunReporter } from './run-reporter.ts';
import { emptyResult } from './run-results.ts';
import { takeLock } from './take-lock.ts';

export interface CopyJob {
  readonly runId: RunId;
  /** All of them when there are none. */
  readonly snapshotIds: readonly SnapshotId[];
}

const maxListed = 1000;
const maxCopied = 10_000;

/**
 * Copies snapshots from one repository into another, under a shared lock on both. What a cancelled or killed copy stored is
 * used by the next one. A snapshot that needs something damaged is left out and said; the others are copied.
 */
export async function copyRun(
  from: Repository,
  to: Repository,
  job: CopyJob,
  report: RunReporter,
  signal: AbortSignal,
): Promise<{ readonly result: RunResult; readonly report: CopyReportData }> {
  const [source, target] = await report.phase('open', async () => {
    const theirs = await takeLock(from, report, signal);
    try {
      return [theirs, await takeLock(to, report, signal)] as const;
    } catch (error) {
      await theirs.release();
      throw error;
    }
  });
  try {
    const running = AbortSignal.any([signal, source.lost, target.lost]);
    const ids = job.snapshotIds.length === 0 ? undefined : new Set(job.snapshotIds);
    const told = { files: 0, bytes: 0 };
    const done = await report.phase('copy', () =>
      to.copyFrom(
        from,
        { source, target },
        {
          ids,
          signal: running,
          onProgress: ({ snapshots, totalSnapshots, bytes, totalBytes }) => {
            report.totals(totalSnapshots, totalBytes);
            report.advance(snapshots - told.files, bytes - told.bytes);
            Object.assign(told, { files: snapshots, bytes });
          },
        },
      ),
    );
    return { result: resultOf(job, done), report: reportOf(done) };
  } finally {
    await target.release();
    await source.release();
    // What was stored may need more of it than there was to keep back before.
    await to.backend.keepReserve?.();
  }
}

function resultOf(
  { runId, snapshotIds }: CopyJob,
  { copied, known, failed, bytesStored, bytes }: CopyReport,
): RunResult {
  const seen = new Set([...copied, ...known, ...failed].map(({ from }) => from));
  const absent = snapshotIds.filter((id) => !seen.has(id));
  const summary = [
    `${counted(copied.length)} copied.`,
    known.length === 0 ? '' : `${counted(known.length)} ${known.length === 1 ? 'was' : 'were'} there before.`,
    failed.length === 0 ? '' : `${counted(failed.length)} could not be copied.`,
    absent.length === 0
      ? ''
      : `${counted(absent.length)} that ${absent.length === 1 ? 'was' : 'were'} named ${absent.length === 1 ? 'is' : 'are'} not there.`,
  ];
  const warnings: RunWarning[] = [
    ...failed.map(({ from, error }) => ({
      code: 'not-copied',
      text: `Snapshot ${from.slice(0, 8)}: ${error.message}`,
    })),
    ...absent.map((id) => ({ code: 'not-copied', text: `There is no snapshot ${id.slice(0, 8)} to copy.` })),
  ];
  return {
    ...emptyResult(runId, warnings.length > 0 ? 'warnings' : 'done', summary.filter((part) => part !== '').join(' ')),
    files: copied.length,
    bytes,
    newBytes: bytesStored,
    warnings: warnings.slice(0, maxListed),
    warningsTotal: warnings.length,
  };
}

function reportOf({ copied, known, failed, bytes, bytesStored }: CopyReport): CopyReportData {
  return {
    copied: copied.slice(0, maxCopied).map((pair) => ({ ...pair })),
    copiedTotal: copied.length,
    known: known.length,
    failed: failed.slice(0, maxListed).map(({ from, error }) => ({ from, why: error.message })),
    failedTotal: failed.length,
    bytes,
    bytesStored,
  };
}

function counted(count: number): string {
  return `${count} ${count === 1 ? 'snapshot' : 'snapshots'}`;
}
