import type { ConditionRules, Schedule } from './schedule.ts';

export interface LateFacts {
  readonly schedule: Schedule;
  readonly conditions: ConditionRules;
  /** Hours; null: worked out from the schedule. */
  readonly lateAfterHours: number | null;
  /** Age counts from the last snapshot that met the policy, else from when the source was registered (`since`). */
  readonly lastGoodAt: number | null;
  readonly since: number;
  /** When it was last seen that nothing had changed since that snapshot (a look of `quiet` and `changes`): as good as a new one. */
  readonly unchangedAt?: number | null | undefined;
  readonly now: number;
}

/** When the last good snapshot becomes too old; null: never (a source that is backed up by hand only). */
export function lateAt(_facts: LateFacts): number | null {
  throw new Error('not written yet');
}
