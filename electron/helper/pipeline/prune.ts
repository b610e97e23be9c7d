import type { RunId } from '../../../shared/domain/ids.ts';
import type { PruneFigures } from '../../../shared/domain/prune.ts';
import type { RunResult, RunWarning } from '../../../shared/domain/run.ts';
import type { HeldLock, Pruned, PruneLimits, PrunePlan, Repository } from '../repository/index.ts';
import { lockExclusively } from './lock-exclusively.ts';
import { lockInTurn } from './lock-in-turn.ts';
import { lockToLook } from './lock-to-look.ts';
import { nobodyElse, type OwnTurn } from './own-turn.ts';
import { inUnits, progressTo } from './reclaim.ts';
import type { RunReporter } from './run-reporter.ts';
import { emptyResult } from './run-results.ts';
import { tellWaiting } from './tell-waiting.ts';

export interface PruneJob {
  readonly runId: RunId;
  readonly dryRun: boolean;
  readonly limits: PruneLimits;
}

export interface PruneOutcome {
  readonly result: RunResult;
  readonly figures: PruneFigures;
}

/** How long it waits for those who use the repository: a first backup may take hours. In milliseconds. */
const patienceMs = 6 * 60 * 60_000;

/**
 * Deletes what no snapshot needs, and writes packs again that are needed in part, within the limits: lock, look through all
 * snapshots, then delete and copy. Refuses before anything is deleted when anything that a snapshot needs cannot be read.
 * `bytes` of the result is what was given back, `newBytes` what was written for it. A dry run only looks. While it waits for
 * others it lets runs of this helper go first.
 */
export async function prune(
  repository: Repository,
  job: PruneJob,
  report: RunReporter,
  signal: AbortSignal,
  turn = nobodyElse,
): Promise<PruneOutcome> {
  if (job.dryRun) return lookOnly(repository, job, report, signal, turn);
  const lock = await report.phase('open', () =>
    lockInTurn(turn, report, signal, patienceMs, (until, waitMs) => lockExclusively(repository, report, until, waitMs)),
  );
  try {
    const { plan, pruned } = await pruneUnder(lock, repository, job.limits, report, signal);
    return { figures: plan.figures, result: resultOf(job, pruned) };
  } finally {
    await lock.release();
    await repository.backend.keepReserve?.();
  }
}

async function pruneUnder(
  lock: HeldLock,
  repository: Repository,
  limits: PruneLimits,
  report: RunReporter,
  signal: AbortSignal,
): Promise<{ readonly plan: PrunePlan; readonly pruned: Pruned }> {
  const running = AbortSignal.any([signal, lock.lost]);
  const plan = await report.phase('scan', () =>
    repository.planPrune(lock, { limits, signal: running, onProgress: progressTo(report) }),
  );
  return { plan, pruned: await carryOut(plan, repository, report, running) };
}

/** `isEnough` is asked where it can end without losing work. */
export async function carryOut(
  plan: PrunePlan,
  repository: Repository,
  report: RunReporter,
  signal: AbortSignal,
  isEnough?: () => boolean,
): Promise<Pruned> {
  try {
    const { deletePacks, deleteBytes, repackPacks, repackBytes, newBytes } = plan.figures;
    return await report.phase(repackPacks > 0 ? 'repack' : 'forget', () => {
      report.totals(deletePacks + repackPacks, deleteBytes + repackBytes + newBytes);
      return plan.carryOut({
        signal,
        isEnough,
        onPack: (bytes) => report.advance(1, bytes),
        onCopied: (bytes) => report.advance(0, bytes),
      });
    });
  } finally {
    // Whatever came of it: what is in memory may name packs that are gone.
    await repository.loadIndex().catch(() => repository.close());
  }
}

/** A shared lock, so that nobody deletes what is looked at; without one where none can be written. */
async function lookOnly(
  repository: Repository,
  { runId, limits }: PruneJob,
  report: RunReporter,
  signal: AbortSignal,
  turn: OwnTurn,
): Promise<PruneOutcome> {
  const onWait = tellWaiting(report);
  const lock = await report.phase('open', () =>
    lockToLook(report, () =>
      lockInTurn(turn, report, signal, patienceMs, (until, waitMs) =>
        repository.locks.acquire({ mode: 'shared', signal: until, waitMs, onWait }),
      ),
    ),
  );
  try {
    const running = AbortSignal.any([signal, lock.lost]);
    const { figures } = await report.phase('scan', () =>
      repository.planPrune(lock, { limits, signal: running, onProgress: progressTo(report) }),
    );
    const { freedBytes, deletePacks, repackPacks, repackBytes, remainingBytes } = figures;
    const repack =
      repackPacks === 0 ? '' : ` and write ${counted(repackPacks, 'pack')} (${inUnits(repackBytes)}) again`;
    const summary =
      deletePacks + repackPacks === 0
        ? `There is nothing to do: ${inUnits(remainingBytes)} that nothing needs stay.`
        : `Would delete ${counted(deletePacks, 'pack')}${repack}: ${inUnits(freedBytes)} given back, ${inUnits(remainingBytes)} that nothing needs stay.`;
    return { figures, result: { ...emptyResult(runId, 'done', summary), bytes: Math.max(0, freedBytes) } };
  } finally {
    await lock.release();
  }
}

function resultOf({ runId }: PruneJob, pruned: Pruned): RunResult {
  const warnings = warningsOf(pruned);
  const parts = [...summaryOf(pruned), ...warnings.slice(0, 1).map(({ text }) => text)];
  return {
    ...emptyResult(runId, warnings.length > 0 ? 'warnings' : 'done', parts.join(' ')),
    bytes: Math.max(0, pruned.bytesDeleted - pruned.bytesWritten),
    newBytes: pruned.bytesWritten,
    warnings: warnings.slice(0, 1000),
    warningsTotal: warnings.length,
  };
}

export function summaryOf({ bytesDeleted, bytesWritten, packsWritten, remainingBytes }: Pruned): string[] {
  const freed = bytesDeleted - bytesWritten;
  const written = packsWritten === 0 ? '' : `, ${inUnits(bytesWritten)} written again for it`;
  return [
    freed > 0
      ? `${inUnits(freed)} given back${written}.`
      : packsWritten > 0
        ? `${inUnits(bytesWritten)} written again in fewer files.`
        : 'There was no space to give back.',
    ...(remainingBytes > 0 ? [`${inUnits(remainingBytes)} that nothing needs stay among what is needed.`] : []),
  ];
}

/** What kept it from its end, for people. */
export function warningsOf({ damage, shortOf }: Pruned): RunWarning[] {
  const full = `The disk is full: before more can be given back, about ${inUnits(shortOf)} must be free there.`;
  const damaged = damage.flatMap(({ text, affects }): RunWarning[] =>
    affects.length === 0
      ? [{ code: 'pack-damaged', text }]
      : affects.map((path) => ({ code: 'pack-damaged', text, path })),
  );
  return [...(shortOf > 0 ? [{ code: 'repository-full', text: full }] : []), ...damaged];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
