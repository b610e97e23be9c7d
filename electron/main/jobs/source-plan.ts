import type { Blocker, NotRun } from '../../../shared/domain/schedule/facts.ts';
import type { Source } from '../../../shared/domain/source.ts';
import type { Scheduler } from '../../schedule/index.ts';

/** What the schedule has to say of one source. Times are milliseconds since the epoch. */
export interface SourcePlan {
  /** Null: none is planned, or runs are paused until somebody resumes. */
  readonly nextRunAt: number | null;
  readonly planned: readonly number[];
  /** Why a run that is owed does not begin, without its full stop; empty when none is owed. */
  readonly heldBack: string;
  /** What it says; null when none is owed. */
  readonly heldBackBy: Blocker | null;
  readonly isWaitingForDisk: boolean;
  readonly missed: readonly NotRun[];
  /** When runs may begin; empty: at any time. */
  readonly windows: readonly { readonly from: number; readonly to: number }[];
  /** When a look found nothing changed since the last snapshot, which is as good as a new one. */
  readonly unchangedAt: number | null;
  /** Since when it has its schedule; null: it was not looked at yet. */
  readonly since: number | null;
}

const day = 86_400_000;
const mostPlanned = 60;
const plannedAheadMs = 60 * day;
const windowsBackMs = 30 * day;
const mostWindows = 400;
const mostMissed = 1_000;

/** From the scheduler's state to what is drawn, bounded: a window has no use for the plan of years. */
export function sourcePlan(
  scheduler: Pick<Scheduler, 'pausedUntil' | 'state' | 'windows'>,
  source: Source,
  now: number,
): SourcePlan {
  const state = scheduler.state(source.id);
  const paused = scheduler.pausedUntil();
  const from = paused === 'forever' ? Number.POSITIVE_INFINITY : Math.max(now, paused ?? now);
  const planned = (state?.planned ?? []).filter((at) => at >= from && at <= now + plannedAheadMs);
  const missed = state?.missed ?? [];
  return {
    nextRunAt: planned[0] ?? null,
    planned: planned.slice(0, mostPlanned),
    heldBack: (state?.heldBackText ?? '').replace(/\.$/, ''),
    heldBackBy: state?.heldBack?.because ?? null,
    isWaitingForDisk: state?.heldBack?.because === 'repository-absent',
    missed: missed.slice(-mostMissed),
    unchangedAt: latest(
      state?.unchangedAt ?? null,
      missed.findLast(({ because }) => because === 'no-changes')?.to ?? null,
    ),
    windows:
      source.policy.conditions.windows.length === 0
        ? []
        : scheduler.windows(source, now - windowsBackMs, now + plannedAheadMs).slice(0, mostWindows),
    since: state?.since ?? null,
  };
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
