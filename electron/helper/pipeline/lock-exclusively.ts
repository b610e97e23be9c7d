import type { HeldLock, Repository } from '../repository/index.ts';
import type { RunReporter } from './run-reporter.ts';

/** The lock under which anything may be deleted. Says for whom it waits; `repository-locked` after `waitMs`. */
export async function lockExclusively(
  repository: Repository,
  report: RunReporter,
  signal: AbortSignal,
  waitMs: number,
): Promise<HeldLock> {
  await repository.locks.removeGone();
  let told = false;
  return repository.locks.acquire({
    mode: 'exclusive',
    signal,
    waitMs,
    onWait: ([holder]) => {
      if (!holder || told) return;
      told = true;
      report.note('info', `Waiting for ${holder.username} on ${holder.hostname}, who uses the repository.`);
    },
  });
}
