import type { ConditionRules, Schedule } from './schedule.ts';

export interface PlanFacts {
  readonly schedule: Schedule;
  readonly conditions: ConditionRules;
  readonly now: number;
  readonly zone: string;
  /** When the newest snapshot was asked for; `quiet` and `changes` count from it. */
  readonly lastSnapshotAt: number | null;
}

/**
 * When runs would begin next if everything they need is there, at most `count`, ascending: the slots, moved to where an
 * allowed window opens. For `quiet` and `changes` the latest times at which a run would be made anyway.
 */
export function nextRuns(_facts: PlanFacts, _count: number): number[] {
  throw new Error('not written yet');
}
