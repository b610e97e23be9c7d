import type { RunId } from '../../../shared/domain/ids.ts';
import type { CheckFinding } from '../../../shared/domain/repository.ts';
import type { RunResult } from '../../../shared/domain/run.ts';
import type { Finding, Repository } from '../repository/index.ts';
import type { RunReporter } from './run-reporter.ts';
import { emptyResult } from './run-results.ts';

const maxFindings = 1000;

export interface CheckJob {
  readonly runId: RunId;
  readonly readData: boolean;
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
  const { findings, snapshots, packs, readAllData } = checked;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  const looked = readAllData ? 'all data read and compared' : 'structure only, data not read';
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

function findingOf({ severity, code, text, affects }: Finding): CheckFinding {
  return { severity, code, text, affects: [...affects] };
}
