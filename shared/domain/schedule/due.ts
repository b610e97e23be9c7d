import { followsActivity, forcedSlots, freshActivity, isReady, ripeAt, unchangedUntil } from './activity.ts';
import { type Believable, believable } from './believable.ts';
import type { Accounts, Decision, ScheduleFacts, Trigger } from './facts.ts';
import { holdOf } from './hold.ts';
import { longestWaitMs } from './latest.ts';
import { type Entry, lostOf, reasonOf } from './ledger.ts';
import { isOpen, owedSlots } from './owed-slots.ts';
import { nextSlot, previousSlot } from './slots.ts';
import { minuteMs } from './wall-clock.ts';

const lookPatience = 15 * minuteMs;

/**
 * The one decision of every scheduler: what is to be done now. Pure: the same facts give the same answer, whoever asks.
 * `lost` are slots that passed unserved and are not recorded yet; whoever acts on the decision records them first.
 */
export function due(facts: ScheduleFacts): Decision {
  const history = believable(facts);
  if (facts.schedule.kind === 'manual') {
    return { kind: 'idle', nextAt: null, ...accountsOf(facts, history, [], facts.history.accountedUntil) };
  }
  const owed = owedSlots(facts, history);
  const { entries, accountedUntil } = owed;
  const unchanged = unchangedUntil(facts, history);
  const last = entries.at(-1);

  if (history.underWay.length > 0) {
    const accounts = accountsOf(facts, history, beforeRun(entries, history), accountedUntil);
    return { kind: 'idle', nextAt: nextAt(facts, history, owed.start, accountedUntil), ...accounts };
  }
  const over = last === undefined || last.served || reasonOf(last, unchanged) === 'no-changes';
  const accounts = accountsOf(facts, history, over ? entries : entries.slice(0, -1), accountedUntil);
  const lookAgainBy = whenToLookAgain(facts, history, last);
  if (lookAgainBy !== null) return { kind: 'idle', nextAt: lookAgainBy, ...accounts };
  if (over || !isOpen(last) || (owed.early && mustWaitForQuiet(facts, history))) {
    return { kind: 'idle', nextAt: nextAt(facts, history, owed.start, accounts.accountedUntil), ...accounts };
  }
  const hold = holdOf(facts, history, last);
  if (hold !== null) return { kind: 'held-back', slot: last.slot, ...hold, ...accounts };
  return { kind: 'run', slot: last.slot, trigger: triggerOf(facts, history, entries, last), ...accounts };
}

function accountsOf(
  facts: ScheduleFacts,
  history: Believable,
  closed: readonly Entry[],
  accountedUntil: number | null,
): Accounts {
  return {
    lost: lostOf(closed, unchangedUntil(facts, history)),
    accountedUntil: closed.at(-1)?.slot ?? accountedUntil,
    aheadOfClock: history.aheadOfClock,
  };
}

/** What the run under way may yet serve stays open, and what comes while it lasts is told when it has ended. */
function beforeRun(entries: readonly Entry[], { underWay }: Believable): readonly Entry[] {
  const began = Math.min(...underWay.map(({ startedAt, slot }) => Math.min(startedAt, slot ?? startedAt)));
  const later = entries.findIndex((entry) => entry.slot > began);
  return entries.slice(0, Math.max(0, (later === -1 ? entries.length : later) - 1));
}

/**
 * Nothing had changed when it was looked last, and that was shortly before the slot: it is not known whether the run would
 * be empty. Until it is looked again, for a while.
 */
function whenToLookAgain(facts: ScheduleFacts, history: Believable, last: Entry | undefined): number | null {
  if (last === undefined || last.served || last.vain.length > 0) return null;
  const unchanged = unchangedUntil(facts, history);
  const patience = last.slot + lookPatience;
  return unchanged >= last.slot - lookPatience && unchanged < last.slot && facts.now < patience ? patience : null;
}

/** A run that is owed because it was quiet does not begin while somebody writes. One that is owed by time does. */
function mustWaitForQuiet(facts: ScheduleFacts, history: Believable): boolean {
  const { schedule } = facts;
  return schedule.kind === 'quiet' && !isReady(schedule, freshActivity(facts, history));
}

function triggerOf(facts: ScheduleFacts, history: Believable, entries: readonly Entry[], last: Entry): Trigger {
  if (last.vain.some(({ outcome }) => outcome !== 'waiting')) return 'retry';
  const before = entries.at(-2)?.slot ?? previousSlot(facts.schedule, last.slot, facts.zone);
  if (before === null || before < (history.since ?? before)) return 'due';
  if (before === history.since && entries.length === 1) return 'due';
  const newest = history.successes.at(-1);
  return newest === undefined || newest < before ? 'catch-up' : 'due';
}

function nextAt(
  facts: ScheduleFacts,
  history: Believable,
  start: number,
  accountedUntil: number | null,
): number | null {
  const { schedule, now, zone } = facts;
  const { since, successes } = history;
  if (since !== null && since > now && successes.length === 0) return since;
  const after = Math.max(now, since ?? now, accountedUntil ?? now, successes.at(-1) ?? now);
  if (!followsActivity(schedule)) return nextSlot(schedule, after, zone);
  const forced = forcedSlots(schedule, history, start, after, after + longestWaitMs(schedule), zone)[0] ?? null;
  const ripe = ripeAt(facts, history, accountedUntil ?? start);
  return ripe !== null && ripe > now && (forced === null || ripe < forced) ? ripe : forced;
}
