import type { RunEvent, RunResult } from '../../../shared/domain/run.ts';
import { asStillpointError } from '../../../shared/errors/index.ts';
import { RunReporter, type RunStart } from '../pipeline/run-reporter.ts';
import { endedBy } from '../pipeline/run-results.ts';
import { withSystemWords } from '../server/system-error.ts';
import { trimMemory } from '../system/trim-memory.ts';

/**
 * Runs one job with its event stream. Failure and cancellation become the result: a run that began always ends with
 * `run-finished`, whatever happened.
 */
export async function run(
  start: RunStart,
  emit: (event: RunEvent) => void,
  work: (report: RunReporter) => Promise<RunResult>,
): Promise<RunResult> {
  const report = new RunReporter(start, emit);
  underWay += 1;
  clearTimeout(trim);
  try {
    const result = await work(report).catch((error: unknown) =>
      endedBy(start.runId, asStillpointError(withSystemWords(error))),
    );
    report.finished(result);
    return result;
  } finally {
    underWay -= 1;
    if (underWay === 0) trim = setTimeout(trimMemory, restMs).unref();
  }
}

let underWay = 0;
let trim: NodeJS.Timeout | undefined;
/** From the end of the last run until its memory is given back, ms: whoever waits for the answer has it by then. */
const restMs = 500;
