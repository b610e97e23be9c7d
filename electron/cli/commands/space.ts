import type { SnapshotId } from '../../../shared/domain/ids.ts';
import type { Freeable } from '../../../shared/domain/keep/plan.ts';
import { machineZone } from '../../schedule/index.ts';
import { type ExitCode, exitCodeOfOutcome, exitCodes } from '../exit-codes.ts';
import { usage } from '../options/usage.ts';
import { formatBytes } from '../output/units.ts';
import { newRunId } from '../run-ids.ts';
import { openedRepository, type Session } from '../session.ts';

export interface SpaceOptions {
  readonly deleteByRules?: boolean;
  readonly deleteUnused?: boolean;
}

const words: { readonly [K in Freeable['offers'][number]['kind']]: string } = {
  unused: 'what nothing needs any more',
  'by-rules': 'what the keep rules no longer keep',
  'older-than-two-years': 'snapshots older than two years',
  'older-than-one-year': 'snapshots older than a year',
  'older-than-half-a-year': 'snapshots older than half a year',
  'oldest-half': 'the older half of all snapshots',
};

/** What would free how much. Deletes nothing that was not asked for by name. */
export async function space(session: Session, options: SpaceOptions): Promise<ExitCode> {
  const { deleteByRules, deleteUnused } = options;
  if (deleteByRules === true && deleteUnused === true) {
    throw usage('--delete-unused', '--delete-by-rules frees that too.', 'Use one of them.');
  }
  const id = await openedRepository(session);
  const { service, output, signal } = session;
  const found = await service.call('repositories.freeable', { id, zone: machineZone() }, { signal });
  const { freeBytes, totalBytes } = found;
  output.result(
    { type: 'space', repositoryId: id, freeBytes, totalBytes },
    freeBytes === null
      ? ''
      : `${formatBytes(freeBytes)} free${totalBytes === null ? '' : ` of ${formatBytes(totalBytes)}`}`,
  );
  for (const offer of found.offers) {
    const count = offer.snapshotIds.length;
    const snapshots = count === 0 ? '' : ` (${count} ${count === 1 ? 'snapshot' : 'snapshots'})`;
    output.result(
      { type: 'offer', ...offer },
      `${formatBytes(offer.bytes).padStart(12)}  ${words[offer.kind]}${snapshots}`,
    );
  }
  const snapshotIds = chosen(found, options);
  if (!snapshotIds) return exitCodes.done;
  const result = await service.call(
    'repositories.reclaim',
    { id, runId: newRunId(), snapshotIds },
    { signal, onEvent: (event) => output.runEvent(event) },
  );
  output.result({ type: 'result', ...result }, result.summary);
  return exitCodeOfOutcome(result.outcome);
}

function chosen({ offers }: Freeable, { deleteByRules, deleteUnused }: SpaceOptions): SnapshotId[] | undefined {
  if (deleteUnused === true) return [];
  if (deleteByRules !== true) return undefined;
  return offers.find(({ kind }) => kind === 'by-rules')?.snapshotIds ?? [];
}
