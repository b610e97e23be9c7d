import { describeSpec } from '../../../shared/domain/source.ts';
import { type ExitCode, exitCodeOfOutcome } from '../exit-codes.ts';
import { newRun } from '../run-ids.ts';
import { openedRepository, type Session } from '../session.ts';
import { type AddOptions, findSource, registerSource } from './sources.ts';

/** `wanted` is a registered source's id or name, or a plain path, which is backed up without being registered. */
export async function backup(session: Session, wanted: string, options: AddOptions): Promise<ExitCode> {
  const found = await findSource(session, wanted);
  const repositoryId = await openedRepository(session, found?.policy.repositoryId);
  const isKeptThere = found?.policy.repositoryId === repositoryId;
  const source =
    found && isKeptThere ? found : await registerSource(session, found ? describeSpec(found.spec) : wanted, options);
  const result = await session.service.call(
    'backup.run',
    { sourceId: source.id, ...newRun() },
    { signal: session.signal, onEvent: (event) => session.output.runEvent(event) },
  );
  const id = result.snapshotId === null ? '' : `\nSnapshot ${result.snapshotId.slice(0, 8)}`;
  const guidance = result.error === null || result.error.guidance === '' ? '' : `\n${result.error.guidance}`;
  session.output.result({ type: 'result', ...result }, `${result.summary}${guidance}${id}`);
  return exitCodeOfOutcome(result.outcome);
}
