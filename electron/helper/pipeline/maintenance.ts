import type { RunId } from '../../../shared/domain/ids.ts';
import type { CheckFinding } from '../../../shared/domain/repository.ts';
import type { RunResult } from '../../../shared/domain/run.ts';
import type { CheckReport, Finding, Repository } from '../repository/index.ts';
import type { RunReporter } from './run-reporter.ts';
import { emptyResult } from './run-results.ts';

const maxFindings = 1000;

export interface CheckJob {
  readonly runId: RunId;
  readonly readData: boolean;
  /** Then only this part of it. */
  readonly share?: { readonly part: number; readonly of: number } | undefined;
}

/** Looks for damage under a shared lock, so that a prune under way is not mistaken for it. Findings are the result. */
export async function checkRun(
  repository: Repository,
  job: CheckJob,
  report: RunReporter,
  signal: AbortSignal,
): Promise<{ readonly result: RunResult; readonly findings: readonly CheckFinding[] }> {
  const phase = job.readData ? 'check-data' : 'check-structure';
  const checked = await repository.locks.withLock({ mode: 'shared', signal, waitMs: 60_000 }, (lock) =>
    report.phase(phase, () => {
      let done = 0;
      return repository.check({
        readData: job.readData,
        share: job.share,
        signal: AbortSignal.any([signal, lock.lost]),
        onProgress: (progress) => {
          if (progress.phase !== 'data') return;
          report.totals(0, progress.total);
          report.advance(0, Math.max(0, progress.done - done));
          done = Math.max(done, progress.done);
        },
      });
    }),
  );
  const { findings, snapshots, packs } = checked;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  const looked = whatWasRead(checked);
  const summary =
    errors > 0
      ? `Damage found: ${errors} ${errors === 1 ? 'thing' : 'things'} in snapshots cannot be read.`
      : `No damage found in ${snapshots} ${snapshots === 1 ? 'snapshot' : 'snapshots'}, ${packs} packs (${looked}).`;
  return {
    findings: findings.slice(0, maxFindings).map(findingOf),
    result: {
      ...emptyResult(job.runId, errors > 0 ? 'failed' : warnings > 0 ? 'warnings' : 'done', summary),
      warnings: findings
        .filter(({ severity }) => severity === 'warning')
        .slice(0, maxFindings)
        .map(({ code, text }) => ({ code, text })),
      warningsTotal: warnings,
    },
  };
}

/** Never more than was read. */
function whatWasRead({ readAllData, dataRead }: CheckReport): string {
  if (dataRead) {
    const { part, of, packs, allPacks, bytes, allBytes } = dataRead;
    const read = `${packs} of ${allPacks} packs, ${mebibytes(bytes)} of ${mebibytes(allBytes)} MiB`;
    return `part ${part} of ${of} of the data read and compared: ${read}; the rest not read`;
  }
  return readAllData ? 'all data read and compared' : 'structure only, data not read';
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}

function findingOf({ severity, code, text, affects }: Finding): CheckFinding {
  return { severity, code, text, affects: [...affects] };
}
