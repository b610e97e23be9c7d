import type { Believable } from './believable.ts';
import type { Attempt, Blocker, MachineConditions, RepositoryPresence, ScheduleFacts } from './facts.ts';
import type { Entry } from './ledger.ts';
import { dayMs, minuteMs } from './wall-clock.ts';
import { nextAllowed } from './windows.ts';

export interface Hold {
  readonly because: Blocker;
  readonly retryAt: number | null;
}

/** What keeps an owed run from beginning, in the order of `blockers`; null: nothing does. */
export function holdOf(facts: ScheduleFacts, history: Believable, entry: Entry): Hold | null {
  const { machine, conditions, now, zone } = facts;
  const paused = pauseOf(machine, now);
  if (paused !== null) return paused;
  if (machine.sleepAnnounced) return { because: 'sleep-announced', retryAt: null };
  const missing = absences[machine.repository];
  if (missing !== null) return { because: missing, retryAt: null };
  const opens = nextAllowed(conditions.windows, now, zone);
  if (opens !== now) return { because: 'outside-window', retryAt: opens };
  const battery = batteryHold(facts, history);
  if (battery !== null) return battery;
  if (conditions.onMetered === 'wait' && machine.metered === true && machine.repositoryOnNetwork) {
    return { because: 'metered', retryAt: null };
  }
  const retryAt = retryTime(entry);
  return retryAt > now ? { because: 'backing-off', retryAt } : null;
}

/** What cannot be told is tried: the run finds out. */
const absences: Readonly<Record<RepositoryPresence, Blocker | null>> = {
  ready: null,
  unknown: null,
  locked: 'repository-locked',
  absent: 'repository-absent',
  other: 'repository-other',
  'read-only': 'repository-read-only',
};

function pauseOf({ pausedUntil }: MachineConditions, now: number): Hold | null {
  if (pausedUntil === 'forever') return { because: 'paused', retryAt: null };
  if (pausedUntil !== null && pausedUntil > now) return { because: 'paused', retryAt: pausedUntil };
  return null;
}

function batteryHold({ machine, conditions, now }: ScheduleFacts, { successes }: Believable): Hold | null {
  if (machine.onMains !== false || conditions.onBattery === 'as-usual') return null;
  if (conditions.onBattery === 'wait') return { because: 'on-battery', retryAt: null };
  const newest = successes.at(-1);
  if (newest === undefined || now - newest >= dayMs) return null;
  return { because: 'on-battery', retryAt: newest + dayMs };
}

const pauses = [5, 15, 30, 60].map((minutes) => minutes * minuteMs);

/** When it may be tried again after what was tried in vain for a slot. */
function retryTime(entry: Entry): number {
  const tried = entry.vain.filter((attempt) => attempt.outcome !== 'cancelled');
  const failed = tried.filter((attempt) => attempt.outcome !== 'waiting');
  const waited = tried.filter((attempt) => attempt.outcome === 'waiting');
  return Math.max(
    Number.NEGATIVE_INFINITY,
    ...waited.map((attempt) => endOf(attempt) + minuteMs),
    ...failed.slice(-1).map((attempt) => endOf(attempt) + pauseAfter(failed)),
  );
}

/** Whoever was interrupted did nothing wrong, once. */
function pauseAfter(failed: readonly Attempt[]): number {
  const forgiven = failed.findIndex((attempt) => attempt.outcome === 'interrupted');
  if (forgiven !== -1 && forgiven === failed.length - 1) return minuteMs;
  const counted = forgiven === -1 ? failed.length : failed.length - 1;
  return pauses[Math.min(counted, pauses.length) - 1] as number;
}

function endOf(attempt: Attempt): number {
  return attempt.endedAt ?? attempt.startedAt;
}
