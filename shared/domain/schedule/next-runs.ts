import { latestSlots, longestWaitMs } from './latest.ts';
import type { ConditionRules, Schedule } from './schedule.ts';
import { nextSlot } from './slots.ts';
import { hourMs } from './wall-clock.ts';
import { nextAllowed } from './windows.ts';

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
 * allowed window opens. For `quiet` and `changes` the latest times at which a run would be made anyway. What is owed
 * already is not in it: `due` tells that.
 */
export function nextRuns(facts: PlanFacts, count: number): number[] {
  const runs: number[] = [];
  let after = facts.now;
  while (runs.length < count) {
    const slot = slotAfter(facts, after, runs.length === 0);
    if (slot === null) break;
    const run = nextAllowed(facts.conditions.windows, slot, facts.zone);
    if (run === null) break;
    runs.push(run);
    // The run makes up for every slot that passed while the window was closed.
    after = run;
  }
  return runs;
}

function slotAfter({ schedule, now, zone, lastSnapshotAt }: PlanFacts, after: number, first: boolean): number | null {
  switch (schedule.kind) {
    case 'manual':
      return null;
    case 'hourly':
    case 'daily':
      return nextSlot(schedule, after, zone);
    case 'quiet':
    case 'changes': {
      const from = first ? Math.min(lastSnapshotAt ?? now, now) : after;
      if (schedule.latestAt === undefined) return Math.max(from + schedule.atLeastEveryHours * hourMs, now);
      return latestSlots(schedule, from, after, after + longestWaitMs(schedule), zone)[0] ?? null;
    }
  }
}
