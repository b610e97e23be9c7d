import { blockerSentence } from '../../shared/domain/schedule/schedule-words.ts';
import type { Source } from '../../shared/domain/source.ts';
import type { StillpointError } from '../../shared/errors/index.ts';
import type { Look, SourceScheduleState } from './contract.ts';
import type { History } from './journal/fold.ts';
import type { SourceKeeper } from './source-keeper.ts';

const shownRuns = 100;

/** What is shown of a source between two looks. */
export function stateOf(
  source: Source,
  keeper: Pick<SourceKeeper, 'running' | 'lastLook' | 'waitsForRepository' | 'history' | 'unchangedAt'>,
  planned: readonly number[],
  everywhere: StillpointError | null,
): SourceScheduleState {
  const { running, lastLook, history } = keeper;
  const problem = everywhere ?? (lastLook?.kind === 'problem' ? lastLook.error : null);
  const heldBack = running === null ? heldBackOf(lastLook, history) : null;
  return {
    sourceId: source.id,
    nextRunAt: planned[0] ?? null,
    planned,
    heldBack,
    heldBackText: running === null ? textOf(keeper, heldBack, problem) : '',
    problem,
    running,
    missed: [...history.missed],
    runs: history.runs.slice(-shownRuns),
    damagedLines: history.damaged,
    unchangedAt: keeper.unchangedAt,
    since: history.schedule?.since ?? null,
  };
}

function heldBackOf(look: Look | null, history: History): SourceScheduleState['heldBack'] {
  if (look?.kind !== 'held-back') return null;
  const { slot, because } = look;
  return { slot, because, since: history.heldAt(slot)?.since ?? slot };
}

function textOf(
  { lastLook, waitsForRepository }: Pick<SourceKeeper, 'lastLook' | 'waitsForRepository'>,
  heldBack: SourceScheduleState['heldBack'],
  problem: StillpointError | null,
): string {
  if (waitsForRepository) return 'Waiting for another backup to the same repository.';
  if (heldBack) return blockerSentence(heldBack.because);
  if (lastLook?.kind === 'busy') return `Being backed up by ${lastLook.by}.`;
  return problem === null ? '' : problem.message;
}
