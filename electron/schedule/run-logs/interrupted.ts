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
 * What is known of the snapshot of a run that ended with its process. `none-published`: its repository was asked.
 * `cannot-be-asked`: its repository is not set up here any more. `not-a-backup`: nothing was to be published.
 */
export type Published = 'none-published' | 'cannot-be-asked' | 'not-a-backup';

const sentences: { readonly [P in Published]: string } = {
  'none-published': 'Stillpoint was ended before this was finished. No snapshot of it was published.',
  'cannot-be-asked':
    'Stillpoint was ended before this was finished. Whether its snapshot was published cannot be found out: its repository is not set up here any more.',
  'not-a-backup': 'Stillpoint was ended before this was finished.',
};

/**
 * The end of a log that has none: whoever did the run died. It is dated at the last thing that is known of it. Undefined
 * where the log has its end, or has not even a beginning. A backup's is written only when it is known that it published
 * nothing (`settle-run.ts`): its snapshot may be there although nobody lived to say so.
 */
export function missingEnd(events: readonly RunEvent[], published: Published = 'not-a-backup'): RunEvent | undefined {
  const start = events[0];
  const last = events.at(-1);
  if (start?.type !== 'run-started' || !last || events.some(({ type }) => type === 'run-finished')) return undefined;
  return { type: 'run-finished', runId: start.runId, at: last.at, result: interrupted(start.runId, events, published) };
}

/** The result of a run whose process ended before it. */
export function interrupted(runId: RunId, events: readonly RunEvent[], published: Published): RunResult {
  const progress = events.findLast((event) => event.type === 'progress')?.progress;
  const error = new StillpointError({
    kind: 'helper-crashed',
    message: sentences[published],
    guidance: 'What was already stored is kept, and the next run continues from it.',
    retryable: true,
  });
  return resultWithout(
    runId,
    'interrupted',
    `Interrupted. ${sentences[published]}`,
    serializeError(error),
    progress && { files: progress.files, bytes: progress.bytes },
  );
}
