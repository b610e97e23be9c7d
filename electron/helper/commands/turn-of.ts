import type { RunReporter } from '../pipeline/run-reporter.ts';
import type { TurnOptions } from './repositories/turns.ts';

/** A run that waits for its turn says so, once as a note and then as the progress of opening the repository. */
export function turnOf(title: string, report: RunReporter, signal: AbortSignal): TurnOptions {
  return {
    title,
    signal,
    waiting: (wait) => report.phase('open', wait),
    onWait: (text, isNew) => {
      if (isNew) report.note('info', text);
      report.advance(0, 0, text);
    },
  };
}
