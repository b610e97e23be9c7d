import type { RunId, SnapshotId } from '../../../shared/domain/ids.ts';
import { decideFates, safetyDays } from '../../../shared/domain/keep/decide.ts';
import { forgetWarning } from '../../../shared/domain/keep/forget-warning.ts';
import { type KeepRules, keepsEverything } from '../../../shared/domain/keep/rules.ts';
import type { RunResult, RunWarning } from '../../../shared/domain/run.ts';
import { asStillpointError } from '../../../shared/errors/index.ts';
import type { HeldLock, Repository } from '../repository/index.ts';
import { type GivenBack, type GivingBack, giveBackDaily, isFirstOfDay } from './give-back.ts';
import { lockExclusively } from './lock-exclusively.ts';
import { inUnits } from './reclaim.ts';
import type { RunReporter } from './run-reporter.ts';
import { emptyResult } from './run-results.ts';
import { type RuledBy, type RuledSnapshot, snapshotsOfSource } from './source-snapshots.ts';

export interface ForgetJob extends RuledBy {
  readonly runId: RunId;
  readonly rules: KeepRules;
  /** The machine's time zone, an IANA name. */
  readonly zone: string;
}

/** How long a person who asked waits for others that use the repository, in milliseconds. */
const patienceMs = 60_000;
/** A backup is done by then: the next one forgets what this one did not get to. */
const patienceAfterBackupMs = 10_000;

/** Deletes what the keep rules no longer keep, because a person said so. Safety snapshots that are too old go with it. */
export async function forget(
  repository: Repository,
  job: ForgetJob,
  report: RunReporter,
  signal: AbortSignal,
): Promise<RunResult> {
  const { gone, aged, kept } = await forgetNow(repository, job, report, signal, patienceMs);
  const stay = kept === 1 ? '1 snapshot stays' : `${kept} snapshots stay`;
  const summary = gone === 0 ? `Nothing had to go: ${stay}.` : `${counted(gone)} deleted${ofThese(aged)}; ${stay}.`;
  return emptyResult(job.runId, 'done', summary);
}

/**
 * The same as the last phase of a backup. The backup is done whatever happens here: what goes wrong is a warning of its
 * run. Without rules nothing is looked at and nothing is locked. `jobNow` tells the rules as they are by then: who
 * changed them while it ran meant it.
 */
export async function forgetAfterBackup(
  result: RunResult,
  repository: Repository,
  jobNow: () => ForgetJob,
  report: RunReporter,
  signal: AbortSignal,
  giving?: GivingBack,
): Promise<RunResult> {
  if (result.snapshotId === null) return result;
  try {
    const job = jobNow();
    if (keepsEverything(job.rules)) return result;
    const { gone, aged, freed } = await forgetNow(
      repository,
      job,
      report,
      signal,
      patienceAfterBackupMs,
      (...all) => giveBackDaily(...all, giving),
      giving?.looks.has(repository.id),
    );
    const how = aged === 0 ? ' by the keep rules' : ofThese(aged);
    const went = gone === 0 ? '' : ` ${counted(gone)} deleted${how}.`;
    const back = freed !== null && freed.bytes > 0 ? ` ${inUnits(freed.bytes)} given back.` : '';
    const done = { ...result, summary: `${result.summary}${went}${back}` };
    return freed === null || freed.warnings.length === 0 ? done : withWarnings(done, freed.warnings);
  } catch (error) {
    const { message } = asStillpointError(error);
    return withWarnings(result, [forgetWarning(message)]);
  }
}

function withWarnings(result: RunResult, more: readonly RunWarning[]): RunResult {
  return {
    ...result,
    outcome: 'warnings',
    warnings: [...more, ...result.warnings].slice(0, 1000),
    warningsTotal: result.warningsTotal + more.length,
  };
}

interface Forgotten {
  readonly gone: number;
  /** Of these, safety snapshots: they go by their age and not by a rule. */
  readonly aged: number;
  readonly kept: number;
  /** What giving back came to, where it was due. */
  readonly freed: GivenBack | null;
}

/** What follows under the same lock when snapshots were deleted; null where it is not due. */
type GiveBack = (
  lock: HeldLock,
  repository: Repository,
  times: readonly number[],
  zone: string,
  report: RunReporter,
  signal: AbortSignal,
) => Promise<GivenBack | null>;

function forgetNow(
  repository: Repository,
  job: ForgetJob,
  report: RunReporter,
  signal: AbortSignal,
  waitMs: number,
  giveBack: GiveBack = async () => null,
  /** Something is to be gone on with, on the next day also where nothing goes. */
  isBegun = false,
): Promise<Forgotten> {
  return report.phase('forget', async () => {
    const first = await decide(repository, job, signal);
    // On any other backup of the day others would be held up for nothing.
    const isOwed = isBegun && isFirstOfDay(first.times, job.zone);
    if (first.goes.length === 0 && !isOwed) return { gone: 0, aged: 0, kept: first.kept, freed: null };
    const lock = await lockExclusively(repository, report, signal, waitMs);
    try {
      const done = await forgetUnder(lock, repository, job, report, AbortSignal.any([signal, lock.lost]));
      return {
        ...done,
        freed:
          done.gone === 0 && !isOwed ? null : await giveBack(lock, repository, first.times, job.zone, report, signal),
      };
    } finally {
      await lock.release();
    }
  });
}

/** Decides again: another program may have added, pinned or deleted snapshots since. */
async function forgetUnder(
  lock: HeldLock,
  repository: Repository,
  job: ForgetJob,
  report: RunReporter,
  signal: AbortSignal,
): Promise<Omit<Forgotten, 'freed'>> {
  const { goes, aged, kept } = await decide(repository, job, signal);
  report.totals(goes.length, 0);
  // Oldest last: ended half-way, the history that is left is as long as it was.
  for (const id of goes) {
    await repository.snapshots.remove(lock, [id], signal);
    report.advance(1, 0);
  }
  return { gone: goes.length, aged, kept };
}

interface Decided {
  readonly goes: readonly SnapshotId[];
  readonly aged: number;
  readonly kept: number;
  /** Of all snapshots of the source, newest first, milliseconds since the epoch. */
  readonly times: readonly number[];
}

async function decide(repository: Repository, job: ForgetJob, signal: AbortSignal): Promise<Decided> {
  const snapshots = await snapshotsOfSource(repository, job, signal);
  const goes = whatGoes(snapshots, job, Date.now());
  const safety = new Set(snapshots.filter((snapshot) => snapshot.safety).map(({ id }) => id));
  const times = snapshots.map(({ time }) => time);
  return { goes, aged: goes.filter((id) => safety.has(id)).length, kept: snapshots.length - goes.length, times };
}

/** Newest first. */
export function whatGoes(
  snapshots: readonly RuledSnapshot[],
  { rules, zone }: Pick<ForgetJob, 'rules' | 'zone'>,
  now: number,
): readonly SnapshotId[] {
  const fates = new Map(decideFates(snapshots, rules, zone, now).map(({ id, keep }) => [id, keep]));
  return snapshots.filter(({ id }) => fates.get(id) === false).map(({ id }) => id);
}

function counted(gone: number): string {
  return gone === 1 ? '1 old snapshot was' : `${gone} old snapshots were`;
}

/** `, 2 of them made before a restore`: what a person may look for is named. */
function ofThese(aged: number): string {
  return aged === 0 ? '' : `, ${aged} of them made before a restore and older than ${safetyDays} days`;
}
