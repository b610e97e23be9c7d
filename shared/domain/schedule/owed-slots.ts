import { followsActivity, forcedSlots, freshActivity, isReady, knownSlots, ripeAt, wholeMinute } from './activity.ts';
import type { Believable } from './believable.ts';
import type { ScheduleFacts } from './facts.ts';
import { latestSlots } from './latest.ts';
import { type Entry, makeLedger } from './ledger.ts';
import { slotsBetween } from './slots.ts';
import { dayMs } from './wall-clock.ts';

/** Slots farther back than this come from a wrong clock, not from a machine that was off, and are not counted. */
const longestAbsence = 20 * 366 * dayMs;
/** As far back as the newest slot of any schedule can lie. */
const longestPeriod = 62 * dayMs;

export interface OwedSlots {
  /** What became of every slot that has passed and is not accounted for yet, ascending. */
  readonly entries: readonly Entry[];
  /** Up to here slots are accounted for; null: from the beginning. */
  readonly accountedUntil: number | null;
  /** Slots after this were looked at. */
  readonly start: number;
  /** The newest slot is owed by what was seen of the source, not by time. */
  readonly early: boolean;
}

export function owedSlots(facts: ScheduleFacts, history: Believable): OwedSlots {
  const { schedule, now, zone } = facts;
  const oldest = now - (history.forgetful ? longestPeriod : longestAbsence);
  const start = Math.max(oldest, history.since ?? oldest, history.accountedUntil ?? oldest);
  const timed = [
    ...firstSlot(facts, history),
    ...(followsActivity(schedule)
      ? forcedSlots(schedule, history, start, start, now, zone)
      : slotsBetween(schedule, start, now, zone)),
  ];
  const passed = followsActivity(schedule) ? union(timed, knownSlots(history, start, now)) : timed;
  const slots = history.forgetful ? passed.slice(-1) : passed;
  const accountedUntil = history.forgetful ? (slots[0] ?? now + 1) - 1 : history.accountedUntil;
  const entries = makeLedger(slots, history);
  const early = earlySlot(facts, history, entries.at(-1), Math.max(start, accountedUntil ?? start));
  if (early !== null) return { entries: makeLedger([...slots, early], history), accountedUntil, start, early: true };
  return { entries, accountedUntil, start, early: slots.length > 0 && slots.at(-1) !== timed.at(-1) };
}

function union(a: readonly number[], b: readonly number[]): number[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}

/** A source without any snapshot is owed its first one from the beginning, whatever its schedule says. */
function firstSlot({ schedule, now, zone }: ScheduleFacts, history: Believable): number[] {
  const { since, accountedUntil, successes } = history;
  if (since === null || since > now || (accountedUntil !== null && accountedUntil >= since)) return [];
  const oldest = successes[0];
  if (oldest === undefined) return [since];
  // Where time counts from the last snapshot, it may have run out before the schedule began.
  return followsActivity(schedule) && latestSlots(schedule, oldest, oldest, since, zone).length > 0 ? [since] : [];
}

/** What was seen makes a run owed that no other slot asks for. */
function earlySlot(facts: ScheduleFacts, history: Believable, last: Entry | undefined, start: number): number | null {
  const { schedule, now } = facts;
  if (!followsActivity(schedule) || (last !== undefined && isOpen(last))) return null;
  if (!isReady(schedule, freshActivity(facts, history))) return null;
  const ripe = ripeAt(facts, history, Math.max(start, last?.slot ?? start));
  return ripe !== null && ripe <= now ? wholeMinute(ripe) : null;
}

/** Neither served nor given up: a person who cancels a run does not want it again before the next slot. */
export function isOpen(entry: Entry): boolean {
  return !entry.served && !entry.vain.some((attempt) => attempt.outcome === 'cancelled');
}
