import { type ActivitySchedule, latestSlots } from '../schedule/latest.ts';
import type { ConditionRules, Schedule } from '../schedule/schedule.ts';
import { slotsBetween } from '../schedule/slots.ts';
import { windowBands } from '../schedule/windows.ts';

const msPerMinute = 60_000;
const msPerHour = 60 * msPerMinute;

export interface PlannedRunsFacts {
  readonly schedule: Schedule;
  readonly conditions: Pick<ConditionRules, 'windows'>;
  readonly zone: string;
  /** Runs later than this, */
  readonly from: number;
  /** and until then. */
  readonly until: number;
}

/**
 * When runs will begin if everything they need is always there, ascending. Schedules without a clock are taken at their
 * slowest: what they keep goes sooner when there is more to do.
 */
export function plannedRuns({ schedule, conditions, zone, from, until }: PlannedRunsFacts): number[] {
  const slots =
    schedule.kind === 'quiet' || schedule.kind === 'changes'
      ? slowest(schedule, from, until, zone)
      : slotsBetween(schedule, from, until, zone);
  if (conditions.windows.length === 0) return slots;
  const bands = windowBands(conditions.windows, from, until, zone);
  const moved: number[] = [];
  let at = 0;
  for (const slot of slots) {
    while ((bands[at]?.to ?? Number.POSITIVE_INFINITY) <= slot) at += 1;
    const band = bands[at];
    if (band === undefined) break;
    const run = Math.max(slot, band.from);
    if (moved.at(-1) !== run) moved.push(run);
  }
  return moved;
}

function slowest(schedule: ActivitySchedule, from: number, until: number, zone: string): number[] {
  if (schedule.latestAt === undefined) {
    const step = schedule.atLeastEveryHours * msPerHour;
    return Array.from({ length: Math.floor((until - from) / step) }, (_, n) => from + (n + 1) * step);
  }
  // Each of them is a snapshot, from which the next is far enough.
  const slots: number[] = [];
  for (const slot of latestSlots(schedule, from, from, until, zone)) {
    if (slot - (slots.at(-1) ?? from) >= schedule.atMostEveryMinutes * msPerMinute) slots.push(slot);
  }
  return slots;
}
