import type { RepositoryId } from '../../../shared/domain/ids.ts';
import { type ExitCode, exitCodeOfOutcome } from '../exit-codes.ts';
import { findSnapshot } from '../find-snapshot.ts';
import { usage } from '../options/usage.ts';
import { formatBytes } from '../output/units.ts';
import { newRunId } from '../run-ids.ts';
import { openedRepository, type Session } from '../session.ts';

export interface CopyOptions {
  readonly from?: string;
}

/** Copies snapshots of `--from` into the repository that `--repo` names. */
export async function copy(session: Session, wanted: readonly string[], options: CopyOptions): Promise<ExitCode> {
  const { service, output, signal } = session;
  const { from } = options;
  if (from === undefined)
    throw usage('--from', 'Where the snapshots are is not said.', 'Name the other repository: --from PLACE.');
  const id = await openedRepository(session);
  const fromId = await openedRepository({ ...session, options: { ...session.options, repo: from } });
  if (fromId === id)
    throw usage('--from', 'A repository cannot be copied into itself.', 'Name another one with --repo or --from.');
  const snapshotIds = await idsOf(session, fromId, wanted);
  const { run, report } = await service.call(
    'repositories.copy',
    { id, fromId, runId: newRunId(), snapshotIds },
    { signal, onEvent: (event) => output.runEvent(event) },
  );
  if (report !== null) {
    for (const { from: theirs, to } of report.copied)
      output.result({ type: 'copied', from: theirs, to }, `${theirs.slice(0, 8)}  is ${to.slice(0, 8)} there`);
    for (const { from: theirs, why } of report.failed)
      output.result({ type: 'not-copied', from: theirs, why }, `${theirs.slice(0, 8)}  not copied: ${why}`);
  }
  const stored = report === null || report.bytes === 0 ? '' : ` ${formatBytes(report.bytesStored)} stored.`;
  output.result({ type: 'result', ...run }, `${run.summary}${stored}`);
  return exitCodeOfOutcome(run.outcome);
}

async function idsOf({ service }: Session, repositoryId: RepositoryId, wanted: readonly string[]) {
  const found = await Promise.all(wanted.map((text) => findSnapshot(service, repositoryId, text)));
  return found.map(({ id }) => id);
}
