import type { Believable } from './believable.ts';
import type { ScheduleFacts, SourceActivity } from './facts.ts';
import { type ActivitySchedule, latestSlots } from './latest.ts';
import type { Schedule } from './schedule.ts';
import { minuteMs } from './wall-clock.ts';

export function followsActivity(schedule: Schedule): schedule is ActivitySchedule {
  return schedule.kind === 'quiet' || schedule.kind === 'changes';
}

/** What was seen, unless a snapshot was asked for since: then it tells of changes that snapshot has. */
export function freshActivity({ machine }: ScheduleFacts, { successes }: Believable): SourceActivity | null {
  const { activity } = machine;
  return activity !== null && activity.at >= (successes.at(-1) ?? activity.at) ? activity : null;
}

/** Nothing changed since the last snapshot until here; minus infinity: something did, or it was not looked. */
export function unchangedUntil(facts: ScheduleFacts, history: Believable): number {
  const activity =
    followsActivity(facts.schedule) && history.successes.length > 0 ? freshActivity(facts, history) : null;
  return activity?.changes === 0 ? activity.at : Number.NEGATIVE_INFINITY;
}

/**
 * When a run is owed whatever happened, with `after` < slot <= `until`, ascending: counted from each snapshot until the next.
 * Where no snapshot is known, time counts from `start`.
 */
export function forcedSlots(
  schedule: ActivitySchedule,
  { successes }: Believable,
  start: number,
  after: number,
  until: number,
  zone: string,
): number[] {
  const anchors = (successes[0] ?? Number.POSITIVE_INFINITY) <= start ? successes : [start, ...successes];
  return anchors.flatMap((anchor, index) => {
    const end = Math.min(anchors[index + 1] ?? until, until);
    return latestSlots(schedule, anchor, Math.max(after, wholeMinute(anchor)), end, zone);
  });
}

/** Slots that somebody acted on, with `after` < slot <= `until`: once owed, a run keeps its slot whatever is seen later. */
export function knownSlots(history: Believable, after: number, until: number): number[] {
  const slots = [...history.attempts, ...history.underWay, ...history.heldBack].map(({ slot }) => slot);
  return slots.filter((slot): slot is number => slot !== null && slot > after && slot <= until);
}

/**
 * When what was seen makes a run owed, whether that has come or not; null: what was seen does not. Not before `after`, and
 * not sooner after another attempt than the schedule allows.
 */
export function ripeAt(facts: ScheduleFacts, history: Believable, after: number): number | null {
  const { schedule } = facts;
  if (!followsActivity(schedule)) return null;
  const ready = readyAt(schedule, freshActivity(facts, history));
  if (ready === null) return null;
  const tried = history.attempts.filter((attempt) => attempt.outcome !== 'waiting').map((attempt) => attempt.startedAt);
  const newest = Math.max(
    history.successes.at(-1) ?? Number.NEGATIVE_INFINITY,
    tried.at(-1) ?? Number.NEGATIVE_INFINITY,
  );
  const rested = newest + schedule.atMostEveryMinutes * minuteMs;
  return Math.max(ready, rested, wholeMinute(after) + minuteMs);
}

/** When the source was, or will be, as the schedule wants it, if nothing else changes. */
function readyAt(schedule: ActivitySchedule, activity: SourceActivity | null): number | null {
  if (activity === null || activity.changes === 0) return null;
  const newest = Math.min(activity.newestChangeAt ?? activity.at, activity.at);
  if (schedule.kind === 'changes') return activity.changes >= schedule.changes ? newest : null;
  return newest + schedule.quietMinutes * minuteMs;
}

/** What was seen is as the schedule wants it. A look that is too old to tell does not count. */
export function isReady(schedule: ActivitySchedule, activity: SourceActivity | null): boolean {
  const ready = readyAt(schedule, activity);
  return activity !== null && ready !== null && ready <= activity.at;
}

export function wholeMinute(at: number): number {
  return Math.floor(at / minuteMs) * minuteMs;
}
