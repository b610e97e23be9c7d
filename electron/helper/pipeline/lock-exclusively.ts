import { isStillpointError } from '../../../shared/errors/index.ts';
import type { HeldLock, Repository } from '../repository/index.ts';
import type { RunReporter } from './run-reporter.ts';
import { tellWaiting } from './tell-waiting.ts';

/**
 * The lock under which anything may be deleted, when those who use the repository have finished. Says for whom it waits;
 * `repository-locked` after `waitMs`. On a disk without room for it what is kept back is freed first.
 */
export async function lockExclusively(
  repository: Repository,
  report: RunReporter,
  signal: AbortSignal,
  waitMs: number,
): Promise<HeldLock> {
  const acquire = async (): Promise<HeldLock> => {
    await repository.locks.removeGone();
    return repository.locks.acquire({ mode: 'exclusive', signal, waitMs, onWait: tellWaiting(report) });
  };
  try {
    return await acquire();
  } catch (error) {
    if (!isStillpointError(error, 'repository-full')) throw error;
    if ((await repository.backend.releaseReserve?.()) !== true) throw error;
    report.note('info', 'The disk is full: the room that is kept back for deleting is used.');
    return acquire();
  }
}
