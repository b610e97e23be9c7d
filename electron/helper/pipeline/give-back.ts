import { bucketsOf, offsetOf } from '../../../shared/domain/keep/wall-clock.ts';
import type { RunWarning } from '../../../shared/domain/run.ts';
import { asStillpointError } from '../../../shared/errors/index.ts';
import type { HeldLock, PruneLimits, Repository } from '../repository/index.ts';
import { pruneUnder, warningsOf } from './prune.ts';
import type { RunReporter } from './run-reporter.ts';

export interface GivenBack {
  readonly bytes: number;
  readonly warnings: readonly RunWarning[];
}

/** Nobody asked for it, and others wait: what gives back more than it costs, and not for long. The next one goes on. */
const limits: PruneLimits = { onlyWorthwhile: true, maxRepackBytes: 2 * 1024 ** 3 };
const longestMs = 5 * 60_000;

/**
 * After a backup has forgotten: gives back what nothing needs, at the first backup of a day, where the repository is on a
 * disk. Looking through all snapshots costs reading their folders: over a network only a person decides that. Whatever goes
 * wrong is a warning of a backup that is done. `times` are those of the source's snapshots, newest first, the new one
 * included.
 */
export async function giveBackDaily(
  lock: HeldLock,
  repository: Repository,
  times: readonly number[],
  zone: string,
  report: RunReporter,
  signal: AbortSignal,
): Promise<GivenBack | null> {
  if (repository.backend.releaseReserve === undefined || !isFirstOfDay(times, zone)) return null;
  const untilMs = performance.now() + longestMs;
  const isEnough = (): boolean => performance.now() >= untilMs;
  try {
    const { pruned } = await pruneUnder(lock, repository, limits, report, signal, isEnough);
    const bytes = Math.max(0, pruned.bytesDeleted - pruned.bytesWritten);
    return { bytes, warnings: warningsOf(pruned) };
  } catch (error) {
    const { message } = asStillpointError(error);
    return { bytes: 0, warnings: [{ code: 'prune', text: `Space was not given back: ${message}` }] };
  }
}

/** On the wall clock of `zone`. */
export function isFirstOfDay([newest, before]: readonly number[], zone: string): boolean {
  if (newest === undefined || before === undefined) return false;
  const dayOf = (time: number): unknown => bucketsOf(time, offsetOf(zone, time)).daily;
  return dayOf(newest) !== dayOf(before);
}
