import type { RunId, SnapshotId } from '../../../shared/domain/ids.ts';
import type { IndexRepairReport, PackRepairReport, SnapshotRepairReport } from '../../../shared/domain/maintenance.ts';
import type { RunResult } from '../../../shared/domain/run.ts';
import type { DamagedParts, HeldLock, RepairProgress, Repository } from '../repository/index.ts';
import { keepListed } from './keep-listed.ts';
import { lockExclusively } from './lock-exclusively.ts';
import type { RunReporter } from './run-reporter.ts';
import { emptyResult } from './run-results.ts';
import { takeLock } from './take-lock.ts';

export interface RepairJob {
  readonly runId: RunId;
  /** Only says what would be done. */
  readonly dryRun: boolean;
}

export interface Repaired<Report> {
  readonly result: RunResult;
  readonly report: Report;
}

/** How long a repair waits for others that use the repository, in milliseconds. */
const patienceMs = 60_000;

/** Makes the index anew of the packs' headers. A dry run looks under a shared lock. */
export async function repairIndex(
  repository: Repository,
  job: RepairJob & { readonly readAll: boolean },
  report: RunReporter,
  signal: AbortSignal,
): Promise<Repaired<IndexRepairReport>> {
  return underLock(repository, !job.dryRun, report, signal, async (lock, running) => {
    const plan = await report.phase('scan', () =>
      repository.planIndexRepair(lock, { readAll: job.readAll, signal: running, onProgress: progressTo(report) }),
    );
    const isDone = plan.isNeeded && !job.dryRun;
    if (isDone)
      await report.phase('repair', () => plan.carryOut(lock, { signal: running, onProgress: progressTo(report) }));
    const { isNeeded, packs, blobs, damagedFiles, added, corrected, missing, damaged, lost } = plan;
    const what = `${counted(packs, 'pack')} with ${counted(blobs, 'blob')}`;
    const index = !isNeeded
      ? `The index is right: ${what}.`
      : isDone
        ? `The index was made anew: ${what}.`
        : `The index is to be made anew: ${what}.`;
    return {
      ...summed(
        job,
        [index, damagedText(damaged.length, 'pack')],
        lost.total,
        damaged.length > 0 || (isNeeded && !isDone),
      ),
      report: {
        ...{ isNeeded, isDone, packs, blobs },
        damagedFiles: keepListed(damagedFiles.map((file) => ({ ...file }))),
        damagedFilesTotal: damagedFiles.length,
        added: added.length,
        corrected: corrected.length,
        missing: keepListed(missing),
        missingTotal: missing.length,
        damagedPacks: keepListed(damaged.map((pack) => ({ ...pack }))),
        damagedPacksTotal: damaged.length,
        losses: keepListed(lost.losses.map((loss) => ({ ...loss }))),
        lossesTotal: lost.total,
      },
    };
  });
}

/** Saves what opens of damaged packs. */
export async function repairPacks(
  repository: Repository,
  job: RepairJob & { readonly packs: readonly string[] },
  report: RunReporter,
  signal: AbortSignal,
): Promise<Repaired<PackRepairReport>> {
  return underLock(repository, !job.dryRun, report, signal, async (lock, running) => {
    const named = job.packs.length === 0 ? {} : { packs: job.packs };
    const plan = await report.phase('scan', () =>
      repository.planPackRepair(lock, { ...named, signal: running, onProgress: progressTo(report) }),
    );
    const isDone = plan.damaged.length > 0 && !job.dryRun;
    if (isDone)
      await report.phase('repair', () => plan.carryOut(lock, { signal: running, onProgress: progressTo(report) }));
    const { packsRead, damaged, lost } = plan;
    const saved = damaged.reduce((sum, pack) => sum + pack.saved, 0);
    const found =
      damaged.length === 0
        ? `No damage found in ${counted(packsRead, 'pack')}.`
        : `${counted(damaged.length, 'pack')} damaged; ${counted(saved, 'blob')} ${isDone ? 'saved' : 'can be saved'}.`;
    return {
      ...summed(job, [found], lost.total, damaged.length > 0),
      report: {
        isDone,
        packsRead,
        damaged: keepListed(damaged.map((pack) => ({ ...pack }))),
        damagedTotal: damaged.length,
        losses: keepListed(lost.losses.map((loss) => ({ ...loss }))),
        lossesTotal: lost.total,
      },
    };
  });
}

export interface SnapshotRepairJob extends RepairJob {
  /** All of them when there are none. */
  readonly snapshotIds: readonly SnapshotId[];
  readonly parts: DamagedParts;
  readonly forget: boolean;
}

/** Writes damaged snapshots again without what is gone. What is whole is not touched. */
export async function repairSnapshots(
  repository: Repository,
  job: SnapshotRepairJob,
  report: RunReporter,
  signal: AbortSignal,
): Promise<Repaired<SnapshotRepairReport>> {
  const { parts, snapshotIds, dryRun } = job;
  const forget = job.forget && !dryRun;
  return underLock(repository, forget, report, signal, async (lock, running) => {
    const ids = snapshotIds.length === 0 ? undefined : new Set(snapshotIds);
    const plan = await report.phase('scan', () =>
      repository.planSnapshotRepair({ ids, parts, signal: running, onProgress: progressTo(report) }),
    );
    const isDone = plan.damaged.length > 0 && !dryRun;
    const done = isDone
      ? await report.phase('repair', () => plan.carryOut(lock, { forget, signal: running }))
      : { written: [], forgotten: [] };
    const written = new Map(done.written.map(({ id, as }) => [id, as]));
    const forgotten = new Set(done.forgotten);
    const { looked, damaged, unreadable } = plan;
    const could = damaged.filter(({ state }) => state === 'repairable').length;
    const lost = damaged.filter(({ state }) => state === 'lost').length;
    const texts = [
      damaged.length === 0 ? `${counted(looked, 'snapshot')} looked at: all are whole.` : '',
      could === 0 ? '' : `${counted(could, 'snapshot')} ${isDone ? 'written again' : 'can be written again'}.`,
      lost === 0 ? '' : `Nothing is left of ${counted(lost, 'snapshot')}.`,
      done.forgotten.length === 0 ? '' : `${counted(done.forgotten.length, 'snapshot')} forgotten.`,
      unreadable.length === 0 ? '' : `${counted(unreadable.length, 'snapshot file')} cannot be read.`,
    ];
    const total = damaged.reduce((sum, { lossesTotal }) => sum + lossesTotal, 0);
    return {
      ...summed(job, texts, total, damaged.length + unreadable.length > 0),
      report: {
        isDone,
        looked,
        damaged: withinFrame(
          damaged.map((snapshot) => ({
            ...snapshot,
            as: written.get(snapshot.id) ?? snapshot.as,
            forgotten: forgotten.has(snapshot.id),
            losses: snapshot.losses.map((loss) => ({ ...loss })),
          })),
        ),
        damagedTotal: damaged.length,
        unreadable: keepListed(unreadable),
      },
    };
  });
}

/** Each with as many of its losses as there is room for in one answer. */
function withinFrame(damaged: SnapshotRepairReport['damaged']): SnapshotRepairReport['damaged'] {
  const shown = keepListed(damaged.map(({ losses, ...snapshot }) => snapshot));
  const places = damaged.slice(0, shown.length).flatMap(({ losses }, at) => losses.map((loss) => ({ at, loss })));
  const kept = keepListed(places);
  return shown.map((snapshot, at) => ({
    ...snapshot,
    losses: kept.filter((place) => place.at === at).map(({ loss }) => loss),
  }));
}

/** Whatever comes of it, the index is read anew: what is in memory may name what is gone. */
async function underLock<Result>(
  repository: Repository,
  exclusive: boolean,
  report: RunReporter,
  signal: AbortSignal,
  work: (lock: HeldLock, running: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const lock = await report.phase('open', () =>
    exclusive ? lockExclusively(repository, report, signal, patienceMs) : takeLock(repository, report, signal),
  );
  try {
    return await work(lock, AbortSignal.any([signal, lock.lost]));
  } finally {
    await repository.loadIndex().catch(() => repository.close());
    await lock.release();
  }
}

function summed(
  { runId, dryRun }: RepairJob,
  texts: readonly string[],
  losses: number,
  isWrong: boolean,
): { readonly result: RunResult } {
  const lost =
    losses === 0 ? '' : `${counted(losses, 'thing')} that snapshots need ${losses === 1 ? 'is' : 'are'} nowhere.`;
  const parts = [...texts, lost, dryRun ? 'Nothing was changed.' : ''];
  const summary = parts.filter((part) => part !== '').join(' ');
  return { result: emptyResult(runId, losses > 0 || isWrong ? 'warnings' : 'done', summary) };
}

/** Packs, snapshots or files; each kind of them counts for itself. */
export function progressTo(report: RunReporter): (progress: RepairProgress) => void {
  let told = 0;
  let last = '';
  let before = 0;
  return ({ phase, done, total }) => {
    if (phase !== last) {
      before += last === '' ? 0 : told;
      told = 0;
      last = phase;
    }
    report.totals(before + total, 0);
    report.advance(Math.max(0, done - told), 0);
    told = Math.max(told, done);
  };
}

function damagedText(count: number, what: string): string {
  return count === 0 ? '' : `${counted(count, what)} ${count === 1 ? 'is' : 'are'} damaged.`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
