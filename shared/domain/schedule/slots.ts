import type { Schedule, Weekday } from './schedule.ts';
import { dayMs, dayOf, hourMs, minuteMs, minutesOf, type Stretch, stretchesBetween, weekdayOf } from './wall-clock.ts';

type Hourly = Extract<Schedule, { kind: 'hourly' }>;
type Daily = Extract<Schedule, { kind: 'daily' }>;

/** Two slots of one schedule are never farther apart: a week, a day that a zone leaves out, and one to spare. */
const farthest = 9 * dayMs;

/** Instants named by the schedule with `after` < slot <= `until`, ascending. Empty for schedules without a clock. */
export function slotsBetween(schedule: Schedule, after: number, until: number, zone: string): number[] {
  if (!(until > after)) return [];
  switch (schedule.kind) {
    case 'hourly':
      return hourlySlots(schedule, after, until, zone);
    case 'daily':
      return dailySlots(schedule, after, until, zone);
    case 'manual':
    case 'quiet':
    case 'changes':
      return [];
  }
}

/** The first slot after an instant; null for schedules without a clock. */
export function nextSlot(schedule: Schedule, after: number, zone: string): number | null {
  return slotsBetween(schedule, after, after + farthest, zone)[0] ?? null;
}

/** The last slot before an instant; null for schedules without a clock. */
export function previousSlot(schedule: Schedule, before: number, zone: string): number | null {
  return slotsBetween(schedule, before - 1 - farthest, before - 1, zone).at(-1) ?? null;
}

/** Whenever the wall clock shows such a time: an hour that is left out has no slot, one that comes twice has two. */
function hourlySlots({ everyHours, minute }: Hourly, after: number, until: number, zone: string): number[] {
  const period = everyHours * hourMs;
  const slots: number[] = [];
  for (const stretch of stretchesBetween(after, until, zone)) {
    const phase = minute * minuteMs - stretch.offset;
    const lowest = Math.max(stretch.from, after + 1);
    const end = Math.min(stretch.to, until + 1);
    for (let at = phase + Math.ceil((lowest - phase) / period) * period; at < end; at += period) slots.push(at);
  }
  return slots;
}

/** Each time once on each of its days: of two equal ones the first, and one that is left out when the gap ends. */
function dailySlots(schedule: Daily, after: number, until: number, zone: string): number[] {
  const times = [...new Set(schedule.at.map((time) => minutesOf(time) * minuteMs))].sort((a, b) => a - b);
  const days = new Set(schedule.days);
  const slots: number[] = [];
  const add = (at: number): void => {
    if (at > after && at <= until && at !== slots.at(-1)) slots.push(at);
  };
  for (const stretch of stretchesBetween(after, until, zone)) {
    const begin = stretch.from + stretch.offset;
    const before = stretch.from + stretch.offsetBefore;
    if (namedTimes(times, days, before, begin).length > 0) add(stretch.from);
    // What comes a second time lies before `before`.
    const [from, to] = within(stretch, after, until);
    for (const local of namedTimes(times, days, Math.max(from, before), to)) add(local - stretch.offset);
  }
  return slots;
}

/** The part of a stretch that is asked for, as local times. */
function within(stretch: Stretch, after: number, until: number): [number, number] {
  const from = Math.max(stretch.from, after);
  const to = Math.min(stretch.to, until + 1);
  return [from + stretch.offset, to + stretch.offset];
}

/** Local times of the schedule with `from` <= time < `to`, ascending. */
function namedTimes(times: readonly number[], days: ReadonlySet<Weekday>, from: number, to: number): number[] {
  const found: number[] = [];
  if (from >= to) return found;
  for (let day = dayOf(from); day <= dayOf(to); day++) {
    if (!days.has(weekdayOf(day))) continue;
    for (const time of times) {
      const local = day * dayMs + time;
      if (local >= from && local < to) found.push(local);
    }
  }
  return found;
}
