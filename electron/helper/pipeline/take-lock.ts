import type { HeldLock, Repository } from '../repository/index.ts';
import type { RunReporter } from './run-reporter.ts';
import { tellWaiting } from './tell-waiting.ts';

/** How long a run waits for another program that holds the repository, in milliseconds, unless its policy says more. */
const patienceMs = 10 * 60_000;

/** What an interrupted run was writing may be swept away after this long; nobody writes one file for a day. */
const leftoverAgeMs = 24 * 60 * 60_000;

/** Looking for it means listing every pack: once in this time is enough for what must be a day old. */
const sweepEveryMs = 60 * 60_000;

/** When this process last swept a repository, on the clock that never jumps. */
const sweptAt = new WeakMap<Repository, number>();

/**
 * A shared lock on the repository; says for whom it waits. Locks of processes that are gone are removed with it: they do
 * not hinder us, but they would make restic refuse its next check. So are its unfinished files, when they are old enough;
 * and some room is kept back for the day on which the disk is full.
 */
export async function takeLock(
  repository: Repository,
  report: RunReporter,
  signal: AbortSignal,
  waitMs = patienceMs,
): Promise<HeldLock> {
  const now = performance.now();
  if (now - (sweptAt.get(repository) ?? Number.NEGATIVE_INFINITY) >= sweepEveryMs) {
    await repository.backend.sweep(leftoverAgeMs);
    await repository.backend.keepReserve?.();
    sweptAt.set(repository, now);
  }
  return repository.locks.acquire({ mode: 'shared', signal, waitMs, onWait: tellWaiting(report) });
}
