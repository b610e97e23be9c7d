import { type Schedule, weekdays } from './schedule.ts';
import { slotsBetween } from './slots.ts';
import { dayMs, hourMs, minuteMs } from './wall-clock.ts';

/** Schedules that follow what happens in the source. */
export type ActivitySchedule = Extract<Schedule, { kind: 'quiet' | 'changes' }>;

/**
 * When time asks for a run although nothing else does, with `after` < slot <= `until`, ascending, if no snapshot follows the one
 * of `from`: so long after it, and again; or at a time of day, except where a run so soon after it is not wanted.
 */
export function latestSlots(
  schedule: ActivitySchedule,
  from: number,
  after: number,
  until: number,
  zone: string,
): number[] {
  const first = Math.floor(from / minuteMs) * minuteMs;
  const { latestAt } = schedule;
  if (latestAt !== undefined) {
    const earliest = first + schedule.atMostEveryMinutes * minuteMs;
    const daily: Schedule = { kind: 'daily', at: [latestAt], days: [...weekdays] };
    return slotsBetween(daily, Math.max(after, earliest - 1), until, zone);
  }
  const period = schedule.atLeastEveryHours * hourMs;
  const skipped = Math.max(1, Math.floor((after - first) / period) + 1);
  const slots: number[] = [];
  for (let at = first + skipped * period; at <= until; at += period) slots.push(at);
  return slots;
}

/** Time asks for a run no later than this after a snapshot: a day may have 25 hours, or be left out by its zone. */
export function longestWaitMs(schedule: ActivitySchedule): number {
  return schedule.latestAt === undefined
    ? schedule.atLeastEveryHours * hourMs
    : schedule.atMostEveryMinutes * minuteMs + 2 * dayMs + hourMs;
}
