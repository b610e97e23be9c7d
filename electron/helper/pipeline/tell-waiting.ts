import type { AcquireOptions } from '../repository/index.ts';
import type { RunReporter } from './run-reporter.ts';

/** Says once for whom a run waits, and goes on saying so as its progress. */
export function tellWaiting(report: RunReporter): NonNullable<AcquireOptions['onWait']> {
  return (_, { text, isNew }) => {
    if (isNew) report.note('info', text);
    report.advance(0, 0, text);
  };
}
