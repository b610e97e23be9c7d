import type { KeepPlan } from '../../../shared/domain/keep/plan.ts';
import { machineZone } from '../../schedule/index.ts';
import { type ExitCode, exitCodeOfOutcome, exitCodes } from '../exit-codes.ts';
import { type KeepOptions, keepFrom } from '../options/keep-options.ts';
import { usage } from '../options/usage.ts';
import { formatTime } from '../output/times.ts';
import { composeSchedule } from '../schedule/compose.ts';
import { openedRepository, type Session } from '../session.ts';
import { knownSource } from './sources.ts';

export interface ForgetOptions extends KeepOptions {
  readonly dryRun?: boolean;
}

/** Deletes what the source's keep rules no longer keep; `--dry-run` only says what, also with rules that are only tried. */
export async function forget(session: Session, wanted: string, options: ForgetOptions): Promise<ExitCode> {
  const source = await knownSource(session, wanted);
  const rules = keepFrom(options);
  if (rules !== undefined && options.dryRun !== true) {
    throw usage(
      '--keep-...',
      'Other rules than those of the source are only tried: with --dry-run.',
      `Change its rules first: stillpoint sources set ${source.name} --keep-...`,
    );
  }
  await openedRepository(session, source.policy.repositoryId);
  const plan = await session.service.call(
    'keep.plan',
    { sourceId: source.id, zone: machineZone(), ...(rules === undefined ? {} : { rules }) },
    { signal: session.signal },
  );
  tell(session, plan, options.dryRun === true);
  if (options.dryRun === true || plan.going === 0) return exitCodes.done;
  const result = await composeSchedule(session).forget(source);
  if (!result) return exitCodes.done;
  session.output.result({ type: 'result', ...result }, result.summary);
  return exitCodeOfOutcome(result.outcome);
}

function tell(session: Session, plan: KeepPlan, isDryRun: boolean): void {
  for (const snapshot of plan.snapshots) {
    const { id, time, keep, rules, because } = snapshot;
    const why = [...rules, ...(because === null || because === 'rule' ? [] : [because])].join(', ');
    session.output.result(
      { type: 'keep', ...snapshot },
      `${keep ? 'keep  ' : 'delete'}  ${id.slice(0, 8)}  ${formatTime(Date.parse(time))}${why === '' ? '' : `  ${why}`}`,
    );
  }
  session.output.result(
    { type: 'keep-plan', keeping: plan.keeping, going: plan.going, dryRun: isDryRun },
    plan.going === 0
      ? 'Nothing is to be deleted.'
      : `${plan.keeping} kept, ${plan.going} ${isDryRun ? 'would be' : 'are'} deleted.`,
  );
}
