import type { ActivitySchedule } from './latest.ts';
import type { ConditionRules, Schedule } from './schedule.ts';
import { slotsBetween } from './slots.ts';
import { dayMs, hourMs, minuteMs } from './wall-clock.ts';
import { type Band, windowBands } from './windows.ts';

export interface LateFacts {
  readonly schedule: Schedule;
  readonly conditions: ConditionRules;
  /** Hours; null: worked out from the schedule. */
  readonly lateAfterHours: number | null;
  /** Age counts from the last snapshot that met the policy, else from when the source was registered (`since`; null: not known). */
  readonly lastGoodAt: number | null;
  readonly since: number | null;
  /** When it was last seen that nothing had changed since that snapshot (a look of `quiet` and `changes`): as good as a new one. */
  readonly unchangedAt?: number | null | undefined;
  readonly now: number;
}

/**
 * When the last good snapshot becomes too old; null: never (a source that is backed up by hand only), or nothing is known
 * that time could count from. What lies ahead of the clock is not known: the clock was wrong when it was written, and
 * counting from it would keep every failure until then from being told.
 */
export function lateAt(facts: LateFacts): number | null {
  const age = allowedAgeMs(facts);
  if (age === null) return null;
  const lastGoodAt = knownAt(facts.lastGoodAt, facts.now);
  const from =
    lastGoodAt === null
      ? knownAt(facts.since, facts.now)
      : Math.max(lastGoodAt, knownAt(facts.unchangedAt ?? null, facts.now) ?? lastGoodAt);
  return from === null ? null : from + age;
}

/** Clocks of machines that share a repository differ by less. */
const aheadSlack = 10 * minuteMs;

/** Whether it can be true that something was then. */
export function canHaveBeen(at: number, now: number): boolean {
  return at <= now + aheadSlack;
}

function knownAt(at: number | null, now: number): number | null {
  return at !== null && canHaveBeen(at, now) ? at : null;
}

const batteryAge = 26 * hourMs;
const daySlack = 12 * hourMs;

/** How old the last good snapshot may become, in milliseconds; null: as old as it likes. */
export function allowedAgeMs(facts: Pick<LateFacts, 'schedule' | 'conditions' | 'lateAfterHours'>): number | null {
  const { schedule, conditions, lateAfterHours } = facts;
  if (lateAfterHours !== null) return lateAfterHours * hourMs;
  switch (schedule.kind) {
    case 'manual':
      return null;
    case 'hourly': {
      // Two runs may fail; three intervals where no window makes a longer pause.
      const age = longestPause(schedule, conditions) + 2 * schedule.everyHours * hourMs;
      return conditions.onBattery === 'daily' ? Math.max(batteryAge, age) : age;
    }
    case 'daily':
      return longestPause(schedule, conditions) + daySlack;
    case 'quiet':
    case 'changes':
      return longestApart(schedule) + longestClosed(conditions) + daySlack;
  }
}

/** Between two snapshots of a source that never rests. */
function longestApart({ atLeastEveryHours, atMostEveryMinutes, latestAt }: ActivitySchedule): number {
  return latestAt === undefined ? atLeastEveryHours * hourMs : atMostEveryMinutes * minuteMs + dayMs;
}

/** A Monday; two weeks from it show every gap of a weekly pattern. Whole weeks of UTC: what DST adds is within the slack. */
const sampleFrom = Date.UTC(2024, 0, 1);
const sampleTo = sampleFrom + 15 * dayMs;

function sampleBands(conditions: ConditionRules): Band[] {
  return windowBands(conditions.windows, sampleFrom, sampleTo + 9 * dayMs, 'UTC');
}

/** The longest time between two runs of a week in which everything goes well. */
function longestPause(schedule: Schedule, conditions: ConditionRules): number {
  const bands = sampleBands(conditions);
  let band = 0;
  let longest = 0;
  let last: number | null = null;
  for (const slot of slotsBetween(schedule, sampleFrom - 1, sampleTo, 'UTC')) {
    while (band < bands.length && (bands[band] as Band).to <= slot) band++;
    const open = bands[band];
    if (open === undefined) break;
    const run = Math.max(slot, open.from);
    if (last !== null) longest = Math.max(longest, run - last);
    last = run;
  }
  return longest;
}

function longestClosed(conditions: ConditionRules): number {
  let longest = 0;
  let last: Band | null = null;
  for (const band of sampleBands(conditions)) {
    if (last !== null) longest = Math.max(longest, band.from - last.to);
    last = band;
  }
  return longest;
}
