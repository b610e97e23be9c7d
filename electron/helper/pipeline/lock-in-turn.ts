import { isStillpointError } from '../../../shared/errors/index.ts';
import type { HeldLock } from '../repository/index.ts';
import type { OwnTurn } from './own-turn.ts';
import type { RunReporter } from './run-reporter.ts';

/** So long it tries each time it has its turn, ms, whoever wants it: who lets others go first must come to its own. */
const leastTryMs = 10_000;

/**
 * A lock that others of this machine or elsewhere may keep for hours, for a run that has its turn: runs that come meanwhile are not
 * held up, they go first, and it tries again after them. `acquire` waits so long, in milliseconds, and then rejects with
 * `repository-locked`.
 */
export async function lockInTurn(
  turn: OwnTurn,
  report: RunReporter,
  signal: AbortSignal,
  patienceMs: number,
  acquire: (signal: AbortSignal, waitMs: number) => Promise<HeldLock>,
): Promise<HeldLock> {
  const untilMs = performance.now() + patienceMs;
  const leftMs = (): number => Math.max(0, untilMs - performance.now());
  for (;;) {
    const first = await turn
      .whileWaiting(() => acquire(signal, Math.min(leastTryMs, leftMs())))
      .catch((error: unknown) => {
        if (!isStillpointError(error, 'repository-locked') || leftMs() === 0) throw error;
        return undefined;
      });
    if (first !== undefined) return first;
    const { wanted } = turn;
    try {
      return await turn.whileWaiting(() => acquire(AbortSignal.any([signal, wanted]), leftMs()));
    } catch (error) {
      if (signal.aborted || !wanted.aborted || !isStillpointError(error, 'cancelled')) throw error;
    }
    report.note('info', 'Others still use the repository: runs that became due here meanwhile go first.');
    await turn.giveWay();
  }
}
