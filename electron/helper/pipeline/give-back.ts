import { bucketsOf, offsetOf } from '../../../shared/domain/keep/wall-clock.ts';
import type { RunWarning } from '../../../shared/domain/run.ts';
import { asStillpointError } from '../../../shared/errors/index.ts';
import type { HeldLock, PruneLimits, Repository } from '../repository/index.ts';
import { nobodyElse, type OwnTurn } from './own-turn.ts';
import { carryOut, warningsOf } from './prune.ts';
import { progressTo } from './reclaim.ts';
import type { RunReporter } from './run-reporter.ts';

export interface GivenBack {
  readonly bytes: number;
  readonly warnings: readonly RunWarning[];
}

/** What a look through all snapshots came to that did not get to its end, by repository: the next one goes on there. */
export interface BegunLooks {
  has(repository: string): boolean;
  read(repository: string): Uint8Array | undefined;
  /** Without anything: it is done, or not to be gone on with. */
  write(repository: string, begun: Uint8Array | undefined): void;
}

export interface GivingBack {
  readonly turn: OwnTurn;
  readonly looks: BegunLooks;
  /** On a clock that never jumps, ms. */
  readonly nowMs: () => number;
}

const noLooks: BegunLooks = { has: () => false, read: () => undefined, write: () => {} };
export const withoutLooks: GivingBack = { turn: nobodyElse, looks: noLooks, nowMs: () => performance.now() };

/** Nobody asked for it, and others wait: what gives back more than it costs, and not for long. The next one goes on. */
const limits: PruneLimits = { onlyWorthwhile: true, maxRepackBytes: 2 * 1024 ** 3 };
/** For looking and for doing, each. */
const longestMs = 5 * 60_000;
/** Who is always wanted by others gets on all the same, so much a day. */
const leastMs = 2_000;

/**
 * After a backup has forgotten: gives back what nothing needs, at the first backup of a day, where the repository is on a
 * disk. Looking through all snapshots costs reading their folders: over a network only a person decides that. It takes so
 * long and no longer, and ends soon when somebody else wants the repository; a look that was not over is gone on with the next
 * day. Whatever goes wrong is a warning of a backup that is done. `times` are those of the source's snapshots, newest first,
 * the new one included.
 */
export async function giveBackDaily(
  lock: HeldLock,
  repository: Repository,
  times: readonly number[],
  zone: string,
  report: RunReporter,
  signal: AbortSignal,
  { turn, looks, nowMs }: GivingBack = withoutLooks,
): Promise<GivenBack | null> {
  if (repository.backend.releaseReserve === undefined || !isFirstOfDay(times, zone)) return null;
  const running = AbortSignal.any([signal, lock.lost]);
  // From the first question on: what comes before takes its time however soon it ends.
  const forLong = (): (() => boolean) => {
    let from: number | undefined;
    return () => {
      from ??= nowMs();
      return nowMs() - from >= (turn.wanted.aborted ? leastMs : longestMs);
    };
  };
  try {
    const plan = await report.phase('scan', () =>
      repository.planPrune(
        lock,
        { limits, signal: running, onProgress: progressTo(report) },
        { begun: looks.read(repository.id), isEnough: forLong() },
      ),
    );
    if (plan instanceof Uint8Array) {
      looks.write(repository.id, plan);
      report.note(
        'info',
        'What nothing needs any more was looked for and not all found yet: the next day goes on with it.',
      );
      return { bytes: 0, warnings: [] };
    }
    looks.write(repository.id, undefined);
    const pruned = await carryOut(plan, repository, report, running, forLong());
    const bytes = Math.max(0, pruned.bytesDeleted - pruned.bytesWritten);
    return { bytes, warnings: warningsOf(pruned) };
  } catch (error) {
    const { kind, message } = asStillpointError(error);
    // Perhaps only snapshots that are gone since need what is damaged: those that are there decide, from the beginning.
    if (kind === 'repository-damaged') looks.write(repository.id, undefined);
    return { bytes: 0, warnings: [{ code: 'prune', text: `Space was not given back: ${message}` }] };
  }
}

/** On the wall clock of `zone`. */
export function isFirstOfDay([newest, before]: readonly number[], zone: string): boolean {
  if (newest === undefined || before === undefined) return false;
  const dayOf = (time: number): unknown => bucketsOf(time, offsetOf(zone, time)).daily;
  return dayOf(newest) !== dayOf(before);
}
