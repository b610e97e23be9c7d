import type { RunId, SnapshotId } from '../../../shared/domain/ids.ts';
import type { RunResult } from '../../../shared/domain/run.ts';
import { isStillpointError, StillpointError } from '../../../shared/errors/index.ts';
import type { HeldLock, Reclaimed, Repository, Snapshot } from '../repository/index.ts';
import { lockExclusively } from './lock-exclusively.ts';
import type { RunReporter } from './run-reporter.ts';
import { emptyResult } from './run-results.ts';
import { readableSnapshots } from './source-snapshots.ts';
import { requireMayGo } from './stays.ts';

export interface ReclaimJob {
  readonly runId: RunId;
  /** Chosen by a person. None: only what is unused already goes. */
  readonly snapshotIds: readonly SnapshotId[];
  /** Safety snapshots that a restore can still be taken back with. */
  readonly undoIds: ReadonlySet<string>;
}

type NamedSnapshot = Pick<Snapshot, 'id'>;

/** How long it waits for others that use the repository, in milliseconds. */
const patienceMs = 60_000;

/**
 * Deletes exactly the named snapshots, then the packs that nothing needs any more, from top to bottom: lock, look through
 * everything that stays, delete the snapshots, delete the packs. Refuses before anything is deleted when a named snapshot
 * is pinned or needed to take a restore back, or anything that stays cannot be read. `files` of the result are the snapshots deleted, `bytes` what was given
 * back.
 */
export async function reclaim(
  repository: Repository,
  job: ReclaimJob,
  report: RunReporter,
  signal: AbortSignal,
): Promise<RunResult> {
  const before = await named(repository, job, signal);
  const lock = await report.phase('open', () => lockThoughFull(repository, before, report, signal));
  try {
    const running = AbortSignal.any([signal, lock.lost]);
    // What was pinned meanwhile has another id, and stays.
    const ids = before.map(({ id }) => id);
    const plan = await report.phase('scan', () =>
      repository.planReclaim(lock, new Set(ids), { signal: running, onProgress: progressTo(report) }),
    );
    const done = await report.phase('forget', async () => {
      report.totals(0, plan.bytes);
      await repository.snapshots.remove(lock, ids, running);
      return plan.carryOut({ signal: running, onPack: (bytes) => report.advance(0, bytes) });
    });
    return resultOf(job, before.length, done);
  } finally {
    // Whatever came of it: what is in memory may name packs that are gone.
    await repository.loadIndex().catch(() => repository.close());
    await lock.release();
    await repository.backend.keepReserve?.();
  }
}

/** Those of the named snapshots that are there. One whose labels changed since has another id, and is not meant. */
async function named(repository: Repository, job: ReclaimJob, signal: AbortSignal): Promise<readonly NamedSnapshot[]> {
  const wanted = new Set(job.snapshotIds);
  const going = (await readableSnapshots(repository, signal, wanted)).filter(({ id }) => wanted.has(id));
  // One that cannot be read goes by its name alone: nothing is lost with it that could be had.
  const unreadable = (await repository.snapshots.list(signal)).damaged.filter(({ id }) => wanted.has(id));
  requireMayGo(going, { undoIds: job.undoIds, field: 'snapshotIds' });
  return [...unreadable, ...going];
}

/**
 * On a disk that is full to the last byte not even a lock can be written. A snapshot that is to go anyway makes room for
 * it: its file alone is removed, which hurts nobody who uses the repository now, because no data goes with it.
 */
async function lockThoughFull(
  repository: Repository,
  going: readonly NamedSnapshot[],
  report: RunReporter,
  signal: AbortSignal,
): Promise<HeldLock> {
  const rest = [...going];
  for (;;) {
    try {
      return await lockExclusively(repository, report, signal, patienceMs);
    } catch (error) {
      if (!isStillpointError(error, 'repository-full')) throw error;
      const next = rest.shift();
      if (next === undefined) throw await noRoomToBegin(repository, error);
      report.note(
        'info',
        `The disk is full: snapshot ${next.id.slice(0, 8)} is deleted first, to make room for a lock.`,
      );
      await repository.backend.remove({ kind: 'snapshot', name: next.id });
    }
  }
}

/** A block of the disk, in bytes: so much goes with the smallest file and with the folder that gets longer by it. */
const block = 4096;

/** Without a snapshot that may go nothing can make room. A lock is written, then one list at a time, never longer than it was. */
async function noRoomToBegin({ backend }: Repository, cause: StillpointError): Promise<StillpointError> {
  const lists = await backend.list('index');
  const needed = 2 * block + Math.ceil(Math.max(0, ...lists.map(({ size }) => size)) / block + 1) * block;
  return new StillpointError({
    kind: 'repository-full',
    message: `The disk is full: before anything can be given back, about ${needed / 1024} KiB must be written there. Nothing was deleted.`,
    guidance: 'Delete or move a file beside the repository, or choose a snapshot that may go: it makes room by itself.',
    retryable: true,
    context: { needed },
    cause,
  });
}

/** Snapshots looked through. */
export function progressTo(report: RunReporter): (done: number, total: number) => void {
  let told = 0;
  return (done, total) => {
    report.totals(total, 0);
    report.advance(Math.max(0, done - told), 0);
    told = Math.max(told, done);
  };
}

function resultOf({ runId, snapshotIds }: ReclaimJob, deleted: number, done: Reclaimed): RunResult {
  const { bytes, behind } = done;
  const missing = snapshotIds.length - deleted;
  const parts = [
    snapshotIds.length === 0 ? '' : `${counted(deleted, 'snapshot')} deleted.`,
    missing === 0 ? '' : `${counted(missing, 'snapshot')} had gone before.`,
    bytes === 0 ? 'There was no space to give back.' : `${inUnits(bytes)} given back.`,
    behind === 0 ? '' : `${inUnits(behind)} that nothing needs stay in files that are needed for other things.`,
  ];
  const summary = parts.filter((part) => part !== '').join(' ');
  return { ...emptyResult(runId, 'done', summary), files: deleted, bytes };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

export function inUnits(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${step === 0 ? bytes : (bytes / 1024 ** step).toFixed(1)} ${units[step]}`;
}
