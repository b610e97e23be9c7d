import { type ExitCode, exitCodeOfOutcome, exitCodes } from '../exit-codes.ts';
import { type CheckShareOptions, checkShareOf } from '../options/check-share.ts';
import { newRun } from '../run-ids.ts';
import { openedRepository, type Session } from '../session.ts';

export async function check(session: Session, options: CheckShareOptions): Promise<ExitCode> {
  const share = checkShareOf(options);
  const id = await openedRepository(session, undefined, { isForDataCheck: share === undefined });
  const { run, findings } = await session.service.call(
    'repositories.check',
    { id, runId: newRun().runId, readData: share !== null, ...(share ? { share } : {}) },
    { signal: session.signal, onEvent: (event) => session.output.runEvent(event) },
  );
  for (const finding of findings) {
    session.output.result({ type: 'finding', ...finding }, `${finding.severity}: ${finding.text}`);
  }
  session.output.result({ type: 'result', ...run }, run.summary);
  const damaged = findings.some(({ severity }) => severity === 'error');
  return damaged ? exitCodes.failed : exitCodeOfOutcome(run.outcome);
}
