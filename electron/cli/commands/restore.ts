import { resolve } from 'node:path';
import type { RestorePlan } from '../../../shared/domain/restore.ts';
import { cancelled, StillpointError } from '../../../shared/errors/index.ts';
import { type ExitCode, exitCodeOfOutcome, exitCodes } from '../exit-codes.ts';
import { findSnapshot } from '../find-snapshot.ts';
import { usage } from '../options/usage.ts';
import { formatBytes } from '../output/units.ts';
import { newRun } from '../run-ids.ts';
import { openedRepository, type Session } from '../session.ts';

export interface RestoreOptions {
  readonly to?: string;
  readonly inPlace?: boolean;
  readonly exact?: boolean;
  readonly dryRun?: boolean;
  /** Go on where the plan asks. */
  readonly yes?: boolean;
  /** False for `--no-safety-snapshot`. */
  readonly safetySnapshot: boolean;
}

const pageSize = 2000;

export async function restore(
  session: Session,
  wanted: string,
  paths: readonly string[],
  options: RestoreOptions,
): Promise<ExitCode> {
  const target = targetOf(options);
  const repositoryId = await openedRepository(session);
  const { id: snapshotId } = await findSnapshot(session.service, repositoryId, wanted);
  const plan = await session.service.call(
    'restore.plan',
    {
      point: { repositoryId, snapshotId, instant: null },
      selection: [...paths],
      target,
      mode: options.exact === true ? 'exact' : 'keep',
    },
    { signal: session.signal },
  );
  session.output.result({ type: 'plan', ...plan }, describePlan(plan));
  if (options.dryRun === true) {
    await listEntries(session, plan.planId);
    return exitCodes.done;
  }
  if (options.yes !== true) await confirmed(session, plan);
  const result = await session.service.call(
    'restore.run',
    { planId: plan.planId, ...newRun(), unticked: [], safetySnapshot: options.safetySnapshot },
    { signal: session.signal, onEvent: (event) => session.output.runEvent(event) },
  );
  const undo = result.snapshotId === null ? '' : `\nUndo: stillpoint undo ${result.runId.slice(0, 8)}`;
  session.output.result({ type: 'result', ...result }, `${result.summary}${undo}`);
  return exitCodeOfOutcome(result.outcome);
}

export async function undo(session: Session, wanted: string): Promise<ExitCode> {
  await openedRepository(session);
  const undoable = await session.service.call('restore.undoable', {});
  const match = undoable.filter(({ runId }) => runId.startsWith(wanted) && wanted.length >= 4);
  const [one] = match;
  if (!one || match.length > 1) {
    throw new StillpointError({
      kind: 'nothing-to-undo',
      field: 'RUN',
      message: `No restore "${wanted}" can be taken back.`,
      guidance: 'Restores can be undone for 30 days when a safety snapshot was taken.',
    });
  }
  const result = await session.service.call(
    'restore.undo',
    { restoreRunId: one.runId, ...newRun() },
    { signal: session.signal, onEvent: (event) => session.output.runEvent(event) },
  );
  session.output.result({ type: 'result', ...result }, result.summary);
  return exitCodeOfOutcome(result.outcome);
}

function targetOf({ to, inPlace }: RestoreOptions): { kind: 'original' } | { kind: 'folder'; path: string } {
  if (to !== undefined && inPlace !== true) return { kind: 'folder', path: resolve(to) };
  if (to === undefined && inPlace === true) return { kind: 'original' };
  throw new StillpointError({
    kind: 'wrong-usage',
    field: '--to',
    message: 'Say where to restore to: exactly one of --to DIR and --in-place.',
    guidance: '--in-place puts files back where they were, with a safety snapshot first; --to writes elsewhere.',
  });
}

/** What a plan asks is answered by a person, here or beforehand by `--yes`; never by going on. */
async function confirmed({ confirm }: Session, { warnings }: RestorePlan): Promise<void> {
  const asked = warnings.filter(({ asks }) => asks);
  if (asked.length === 0) return;
  if (confirm === null)
    throw usage(
      '--yes',
      `This restore asks first, and nobody is here to answer; nothing was touched. ${asked.map(({ text }) => text).join(' ')}`,
      'Look at the plan (--dry-run), then say --yes to go on all the same, or restore into another folder with --to.',
    );
  if (!(await confirm('Go on all the same?'))) throw cancelled();
}

function describePlan({ counts, bytesToWrite, targets, warnings }: RestorePlan): string {
  const lines = [
    `${targets.join(', ')}: replace ${counts.replace}, add ${counts.add}, change attributes of ${counts.metadata}, delete ${counts.delete}, leave ${counts.same}; ${formatBytes(bytesToWrite)} to write`,
  ];
  return [...lines, ...warnings.map(({ text }) => `Warning: ${text}`)].join('\n');
}

async function listEntries(session: Session, planId: string): Promise<void> {
  for (let offset = 0; ; ) {
    const page = await session.service.call('restore.planEntries', {
      planId,
      actions: ['add', 'replace', 'metadata', 'delete'],
      filter: '',
      offset,
      limit: pageSize,
    });
    for (const entry of page.entries) {
      session.output.result({ type: 'plan-entry', entry }, `${entry.action.padEnd(8)}  ${entry.path}`);
    }
    offset += page.entries.length;
    if (page.entries.length === 0 || offset >= page.total) return;
  }
}
