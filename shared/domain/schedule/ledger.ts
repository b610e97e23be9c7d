import { type Believable, isSuccess } from './believable.ts';
import type { Attempt, Blocker, NotRun, NotRunReason } from './facts.ts';

/** What became of one slot. It lasts until the next one. */
export interface Entry {
  readonly slot: number;
  served: boolean;
  /** Attempts that ended without a snapshot and touch the slot: made for it, begun in it, or ended in it. */
  vain: readonly Attempt[];
  /** It came while a run was under way. */
  covered: boolean;
  heldBy: Blocker | null;
}

const none: readonly Attempt[] = [];

/** One entry for each slot; the slots are ascending and without gaps. */
export function makeLedger(slots: readonly number[], history: Believable): Entry[] {
  const entries = slots.map((slot): Entry => ({ slot, served: false, vain: none, covered: false, heldBy: null }));
  const at = (instant: number): number => lastNotAfter(slots, instant);
  const exactly = (slot: number | null): number => (slot !== null && slots[at(slot)] === slot ? at(slot) : -1);

  for (const success of history.successes) markServed(entries[at(success)]);
  for (const attempt of history.attempts) {
    const meant = exactly(attempt.slot);
    const began = at(attempt.startedAt);
    // Nobody knows when an interrupted one ended: it was found later.
    const ended = attempt.outcome === 'interrupted' ? began : at(attempt.endedAt ?? attempt.startedAt);
    for (let index = began + 1; index <= ended; index++) (entries[index] as Entry).covered = true;
    if (isSuccess(attempt)) markServed(entries[meant]);
    else for (const index of new Set([meant, began, ended])) markVain(entries[index], attempt);
  }
  for (const held of history.heldBack) {
    const entry = entries[exactly(held.slot)];
    if (entry !== undefined) entry.heldBy = held.because;
  }
  return entries;
}

function markServed(entry: Entry | undefined): void {
  if (entry !== undefined) entry.served = true;
}

function markVain(entry: Entry | undefined, attempt: Attempt): void {
  if (entry !== undefined) entry.vain = [...entry.vain, attempt];
}

/** Why a slot that was not served was not. What was tried tells more than what stood in the way. */
export function reasonOf(entry: Entry, unchangedUntil: number): NotRunReason {
  const last = entry.vain.findLast((attempt) => attempt.outcome !== 'waiting');
  if (last !== undefined) return last.outcome === 'cancelled' ? 'cancelled' : 'failed';
  if (entry.slot <= unchangedUntil) return 'no-changes';
  if (entry.heldBy !== null && entry.heldBy !== 'backing-off') return entry.heldBy;
  if (entry.vain.length > 0) return 'repository-absent';
  if (entry.heldBy !== null) return 'failed';
  return entry.covered ? 'superseded' : 'not-running';
}

/** The slots that were not served, in one record per reason and stretch without a run. */
export function lostOf(entries: readonly Entry[], unchangedUntil: number): NotRun[] {
  const lost: NotRun[] = [];
  let first = 0;
  let reason: NotRunReason | null = null;
  // One step beyond the end closes the last record. A year has nearly nine thousand slots: nothing is made for each.
  for (let index = 0; index <= entries.length; index++) {
    const entry = entries[index];
    const next = entry === undefined || entry.served ? null : reasonOf(entry, unchangedUntil);
    if (next === reason) continue;
    if (reason !== null) lost.push(recordOf(entries, first, index, reason));
    first = index;
    reason = next;
  }
  return lost;
}

function recordOf(entries: readonly Entry[], first: number, end: number, because: NotRunReason): NotRun {
  const from = entries[first] as Entry;
  const to = entries[end - 1] as Entry;
  return { from: from.slot, to: to.slot, slots: end - first, because };
}

/** Index of the last slot that is not after an instant; -1: all are. */
export function lastNotAfter(slots: readonly number[], instant: number): number {
  let low = 0;
  let high = slots.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((slots[middle] as number) <= instant) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
