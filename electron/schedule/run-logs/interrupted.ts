import type { RunId } from '../../../shared/domain/ids.ts';
import type { RunEvent, RunOutcome, RunResult } from '../../../shared/domain/run.ts';
import { type SerializedError, StillpointError, serializeError } from '../../../shared/errors/index.ts';

/** The result of a run that nobody else could give one: it did not begin, or whoever did it is gone. */
export function resultWithout(
  runId: RunId,
  outcome: RunOutcome,
  summary: string,
  error: SerializedError | null,
  reached: Pick<RunResult, 'files' | 'bytes'> = { files: 0, bytes: 0 },
): RunResult {
  return {
    runId,
    outcome,
    snapshotId: null,
    level: null,
    stallMs: null,
    files: reached.files,
    bytes: reached.bytes,
    newBytes: 0,
    summary,
    warnings: [],
    warningsTotal: 0,
    error,
  };
}

/**
 * The end of a log that has none: whoever did the run died. It is dated at the last thing that is known of it. Undefined
 * where the log has its end, or has not even a beginning.
 */
export function missingEnd(events: readonly RunEvent[]): RunEvent | undefined {
  const start = events[0];
  const last = events.at(-1);
  if (start?.type !== 'run-started' || !last || events.some(({ type }) => type === 'run-finished')) return undefined;
  const progress = events.findLast((event) => event.type === 'progress')?.progress;
  const error = new StillpointError({
    kind: 'helper-crashed',
    message: 'Stillpoint was ended before this was finished.',
    guidance: 'What was already stored is kept, and the next run continues from it.',
    retryable: true,
  });
  return {
    type: 'run-finished',
    runId: start.runId,
    at: last.at,
    result: resultWithout(
      start.runId,
      'interrupted',
      'Interrupted: Stillpoint was ended before it was finished.',
      serializeError(error),
      progress && { files: progress.files, bytes: progress.bytes },
    ),
  };
}
