import { applyKeepRules } from '../../../shared/domain/keep/apply.ts';
import type { KeepRules } from '../../../shared/domain/keep/rules.ts';
import { nextRuns } from '../../../shared/domain/schedule/next-runs.ts';
import type { ConditionRules, Schedule } from '../../../shared/domain/schedule/schedule.ts';

/** What would be there some time from now, each with its age then, milliseconds. */
export interface SimulatedKeep {
  readonly runs: number;
  readonly kept: readonly { readonly age: number; readonly rules: readonly string[] }[];
  readonly span: number;
}

const mostRuns = 3_000;
const year = 365.25 * 86_400_000;

/** Plays a schedule for as long as `mostRuns` runs take, at most two years, and applies the rules once at its end. */
export function simulateKeep(
  schedule: Schedule,
  conditions: ConditionRules,
  rules: KeepRules,
  now: number,
  zone: string,
): SimulatedKeep {
  const runs = nextRuns({ schedule, conditions, now, zone, lastSnapshotAt: now }, mostRuns).filter(
    (time) => time <= now + 2 * year,
  );
  const end = runs.at(-1) ?? now;
  const snapshots = runs.map((time) => ({ id: `${time}`, time, tags: [] }));
  const kept = applyKeepRules(snapshots, rules, zone, end).filter(({ keep }) => keep);
  return {
    runs: runs.length,
    kept: kept.map(({ id, reasons }) => ({ age: end - Number(id), rules: reasons })),
    span: end - now,
  };
}
