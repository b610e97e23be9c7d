import type { RunResult } from '../../../shared/domain/run.ts';
import { type Source, specPaths } from '../../../shared/domain/source.ts';
import { type ExitCode, exitCodeOfOutcome } from '../exit-codes.ts';
import { newRun, newRunId } from '../run-ids.ts';
import { composeSchedule } from '../schedule/compose.ts';
import { openedRepository, type Session } from '../session.ts';
import { type AddOptions, findSource, registerSource } from './sources.ts';

/**
 * `wanted` is a registered source's id or name, or plain paths, which are backed up without being registered: several of them
 * as one, held at one barrier.
 */
export async function backup(session: Session, wanted: readonly string[], options: AddOptions): Promise<ExitCode> {
  const found = await findSource(session, ...wanted);
  const repositoryId = await openedRepository(session, found?.policy.repositoryId);
  const result =
    found?.policy.repositoryId === repositoryId
      ? await backUpRegistered(session, found)
      : await backUpPlaces(session, found ? specPaths(found.spec) : wanted, options);
  const id = result.snapshotId === null ? '' : `\nSnapshot ${result.snapshotId.slice(0, 8)}`;
  const guidance = result.error === null || result.error.guidance === '' ? '' : `\n${result.error.guidance}`;
  session.output.result({ type: 'result', ...result }, `${result.summary}${guidance}${id}`);
  return exitCodeOfOutcome(result.outcome);
}

/** Nobody else backs it up meanwhile, and it is in the same history as scheduled backups and the app's. */
function backUpRegistered(session: Session, source: Source): Promise<RunResult> {
  const { scheduler, backup: backUp } = composeSchedule(session);
  const runId = newRunId();
  return scheduler.runAsked(source, runId, (askedAt) => backUp({ source, runId, askedAt, trigger: 'person' }));
}

async function backUpPlaces(session: Session, paths: readonly string[], options: AddOptions): Promise<RunResult> {
  const source = await registerSource(session, paths, options);
  return session.service.call(
    'backup.run',
    { sourceId: source.id, ...newRun(), trigger: 'person' },
    { signal: session.signal, onEvent: (event) => session.output.runEvent(event) },
  );
}
