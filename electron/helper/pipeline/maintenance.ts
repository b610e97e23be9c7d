import type { RunId } from '../../../shared/domain/ids.ts';
import type { Checked, CheckFinding } from '../../../shared/domain/repository.ts';
import type { RunResult } from '../../../shared/domain/run.ts';
import type { CheckReport, Finding, Repository } from '../repository/index.ts';
import { lockToLook } from './lock-to-look.ts';
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
): Promise<{ readonly result: RunResult; readonly findings: readonly CheckFinding[]; readonly checked: Checked }> {
  // Whoever reads the log later takes `check-data` for a reading of everything: a part has a name of its own.
  const phase = job.readData ? (job.share ? 'check-share' : 'check-data') : 'check-structure';
  let bytesRead = 0;
  const lock = await lockToLook(report, () => repository.locks.acquire({ mode: 'shared', signal, waitMs: 60_000 }));
  const look = (): Promise<CheckReport> => {
    let done = 0;
    return repository.check({
      readData: job.readData,
      share: job.share,
      signal: AbortSignal.any([signal, lock.lost]),
      onProgress: (progress) => {
        // Beside the data, folders are too little to be told; without it they are the whole of the work.
        if (progress.phase !== (job.readData ? 'data' : 'trees')) return;
        const step = Math.max(0, progress.done - done);
        done += step;
        if (job.readData) bytesRead = done;
        report.totals(job.readData ? 0 : progress.total, job.readData ? progress.total : 0);
        report.advance(job.readData ? 0 : step, job.readData ? step : 0);
      },
    });
  };
  const checked = await report.phase(phase, look).finally(() => lock.release());
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
    checked: checkedOf(checked, bytesRead),
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

function checkedOf({ snapshots, readAllData, dataRead }: CheckReport, bytesRead: number): Checked {
  if (dataRead) {
    const { part, of, bytes, allBytes } = dataRead;
    return { what: 'share', part, of, snapshots, bytes, allBytes };
  }
  const none = { part: null, of: null, snapshots };
  return readAllData
    ? { what: 'all', ...none, bytes: bytesRead, allBytes: bytesRead }
    : { what: 'structure', ...none, bytes: 0, allBytes: null };
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
