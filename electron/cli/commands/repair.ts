import type { IndexRepairReport, PackRepairReport } from '../../../shared/domain/maintenance.ts';
import type { HelperEvent, HelperParams } from '../../../shared/helper/contract.ts';
import { type ExitCode, exitCodeOfOutcome } from '../exit-codes.ts';
import { findSnapshot } from '../find-snapshot.ts';
import { usage } from '../options/usage.ts';
import { formatBytes, formatCount } from '../output/units.ts';
import { newRunId } from '../run-ids.ts';
import { openedRepository, type Session } from '../session.ts';

export interface RepairOptions {
  readonly dryRun?: boolean;
}

type RunEvents = HelperEvent<'repositories.repairIndex'>;

export async function repairIndex(
  session: Session,
  options: RepairOptions & { readonly readAll?: boolean },
): Promise<ExitCode> {
  const { id, call, output } = await begin(session, options);
  const { run, report } = await session.service.call(
    'repositories.repairIndex',
    { ...id, readAll: options.readAll === true },
    call,
  );
  if (report !== null) {
    const lines = [
      ...report.damagedFiles.map(({ name, why }) => `index file ${name.slice(0, 8)}: ${why}`),
      ...report.missing.map((pack) => `pack ${pack.slice(0, 8)} is not there`),
      ...report.damagedPacks.map(
        ({ pack, why, kept }) => `pack ${pack.slice(0, 8)}: ${why} ${formatCount(kept, 'blob opens', 'blobs open')}.`,
      ),
      ...lossLines(report),
    ];
    output.result({ type: 'index', ...report }, lines.join('\n'));
  }
  output.result({ type: 'result', ...run }, run.summary);
  return exitCodeOfOutcome(run.outcome);
}

export async function repairPacks(
  session: Session,
  packs: readonly string[],
  options: RepairOptions,
): Promise<ExitCode> {
  const wrong = packs.find((pack) => !/^[0-9a-f]{64}$/.test(pack));
  if (wrong !== undefined)
    throw usage(
      '[packs...]',
      `"${wrong}" is not the id of a pack.`,
      '"stillpoint check --read-data --json" names them in full.',
    );
  const { id, call, output } = await begin(session, options);
  const { run, report } = await session.service.call('repositories.repairPacks', { ...id, packs: [...packs] }, call);
  if (report !== null) {
    const lines = report.damaged.map(
      ({ pack, why, saved, gone }) =>
        `pack ${pack.slice(0, 8)}: ${why} ${formatCount(saved, 'blob opens', 'blobs open')}, ${gone} gone.`,
    );
    output.result({ type: 'packs', ...report }, [...lines, ...lossLines(report)].join('\n'));
  }
  output.result({ type: 'result', ...run }, run.summary);
  return exitCodeOfOutcome(run.outcome);
}

export interface RepairSnapshotsOptions extends RepairOptions {
  readonly leaveOut?: boolean;
  readonly forget?: boolean;
}

export async function repairSnapshots(
  session: Session,
  wanted: readonly string[],
  options: RepairSnapshotsOptions,
): Promise<ExitCode> {
  const { id, call, output } = await begin(session, options);
  const found = await Promise.all(wanted.map((text) => findSnapshot(session.service, id.id, text)));
  const params: HelperParams<'repositories.repairSnapshots'> = {
    ...id,
    snapshotIds: found.map((snapshot) => snapshot.id),
    parts: options.leaveOut === true ? 'leave-out' : 'rename',
    forget: options.forget === true,
  };
  const { run, report } = await session.service.call('repositories.repairSnapshots', params, call);
  for (const snapshot of report?.damaged ?? []) {
    const { id: snapshotId, state, as, forgotten, why, losses, lossesTotal } = snapshot;
    const became = as === null ? '' : `, as ${as.slice(0, 8)}`;
    const went = forgotten ? ', forgotten' : '';
    const lines = losses.map(({ path, what, becomes, bytes }) => {
      const left = becomes === null ? 'left out' : `what is left becomes ${becomes}`;
      return `  ${path}: ${words[what]}${bytes > 0 ? ` (${formatBytes(bytes)})` : ''}, ${left}`;
    });
    const more = lossesTotal > losses.length ? [`  … and ${lossesTotal - losses.length} more`] : [];
    output.result(
      { type: 'snapshot', ...snapshot },
      [`${snapshotId.slice(0, 8)}  ${stateWords[state]}${became}${went}${why && `: ${why}`}`, ...lines, ...more].join(
        '\n',
      ),
    );
  }
  for (const snapshot of report?.unreadable ?? [])
    output.result({ type: 'unreadable', id: snapshot }, `${snapshot.slice(0, 8)}  cannot be read`);
  output.result({ type: 'result', ...run }, run.summary);
  return exitCodeOfOutcome(run.outcome);
}

const words = {
  'file-parts': 'parts are gone',
  file: 'the content is gone',
  folder: 'what was in it is gone',
} as const;

const stateWords = {
  repairable: 'is not whole',
  'repaired-before': 'was written again before',
  lost: 'nothing is left of it',
  'not-understood': 'holds something of a newer program and stays as it is',
} as const;

async function begin(session: Session, { dryRun }: RepairOptions) {
  const id = await openedRepository(session);
  const { output, signal } = session;
  const call = { signal, onEvent: (event: RunEvents) => output.runEvent(event) };
  return { id: { id, runId: newRunId(), dryRun: dryRun === true }, call, output } as const;
}

function lossLines({ losses, lossesTotal }: IndexRepairReport | PackRepairReport): string[] {
  const more = lossesTotal - losses.length;
  const lines = losses.map(({ where, text }) => `lost: ${where}: ${text}`);
  return more > 0 ? [...lines, `… and ${more} more`] : lines;
}
