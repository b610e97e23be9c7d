import type { RunId } from '../../../shared/domain/ids.ts';
import type { RunService } from './run-service.ts';

/** Cancels a run when whoever began it wants it no longer, and waits for its end all the same. */
export async function whileWanted<T>(
  runs: Pick<RunService, 'active' | 'cancel'>,
  runId: RunId,
  ended: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const stop = (): void => {
    if (runs.active.some((run) => run.runId === runId)) runs.cancel(runId);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return ended.finally(() => signal.removeEventListener('abort', stop));
}
