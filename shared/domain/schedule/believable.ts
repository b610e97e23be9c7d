import type { Attempt, ScheduleFacts, ScheduleHistory } from './facts.ts';
import { hourMs, minuteMs } from './wall-clock.ts';

/**
 * A clock that was set back leaves a history that lies in the future. Up to here it is believed, so that nothing is made
 * twice; beyond it something else was wrong, and believing it would stop the schedule.
 */
const believedAhead = 36 * hourMs;

/** The history as far as it can be true at `now`. */
export interface Believable {
  /** Those that ended, by when they began. Of those that lie ahead of the clock only the ones that made a snapshot. */
  readonly attempts: readonly Attempt[];
  readonly underWay: readonly Attempt[];
  readonly heldBack: ScheduleFacts['history']['heldBack'];
  readonly lastSnapshotAt: number | null;
  /** When each snapshot that is known of was asked for, ascending. */
  readonly successes: readonly number[];
  /** Null: it cannot be true. */
  readonly since: number | null;
  /** Slots up to here need no more attention. */
  readonly accountedUntil: number | null;
  /** What is accounted for cannot be told, because it cannot be true: of what passed only the newest slot counts. */
  readonly forgetful: boolean;
  readonly aheadOfClock: number | null;
}

export function believable({ history, since, now }: ScheduleFacts): Believable {
  const limit = now + believedAhead;
  const ahead = [
    ...history.attempts.map((attempt) => attempt.startedAt),
    history.lastSnapshotAt ?? now,
    history.accountedUntil ?? now,
    since,
  ].filter((at) => at > limit);
  const overtaken = overtakenAttempts(history.attempts, now);
  const attempts = history.attempts
    .filter((attempt) => attempt.startedAt <= limit && !overtaken.has(attempt))
    .sort((a, b) => a.startedAt - b.startedAt);
  const lastSnapshotAt = believedSnapshot(history, attempts, now, limit);
  const successes = attempts.filter(isSuccess).map((attempt) => attempt.startedAt);
  if (lastSnapshotAt !== null) successes.push(lastSnapshotAt);
  return {
    attempts: attempts
      .filter((attempt) => attempt.outcome !== null && (attempt.startedAt <= now || isSuccess(attempt)))
      .map((attempt) => ((attempt.endedAt ?? 0) > now ? { ...attempt, endedAt: attempt.startedAt } : attempt)),
    underWay: attempts.filter((attempt) => attempt.outcome === null),
    heldBack: history.heldBack.filter((held) => held.slot <= limit),
    lastSnapshotAt,
    successes: successes.sort((a, b) => a - b),
    since: atMost(since, limit),
    accountedUntil: atMost(history.accountedUntil, limit),
    forgetful: (history.accountedUntil ?? since) > limit,
    aheadOfClock: ahead.length === 0 ? null : ahead.reduce((a, b) => Math.max(a, b)),
  };
}

/**
 * Attempts that lie ahead, and after which something was begun at an earlier time: the clock was set back in between, and
 * life went on. Believing them again when their time draws near would stop the schedule once more.
 */
function overtakenAttempts(attempts: readonly Attempt[], now: number): ReadonlySet<Attempt> {
  const overtaken = new Set<Attempt>();
  let earliestAfter = Number.POSITIVE_INFINITY;
  for (const attempt of attempts.toReversed()) {
    if (attempt.outcome !== null && attempt.startedAt > now && earliestAfter < attempt.startedAt)
      overtaken.add(attempt);
    earliestAfter = Math.min(earliestAfter, attempt.startedAt);
  }
  return overtaken;
}

/** A snapshot is asked for a moment before its attempt is written down. */
const momentBefore = 10 * minuteMs;

/**
 * One that lies ahead is believed when the attempt that made it is, or when nothing else is known. Where there is a history
 * without that attempt, the snapshot is from a time when the clock was wrong, long ago.
 */
function believedSnapshot(
  { lastSnapshotAt, accountedUntil, attempts: all }: ScheduleHistory,
  attempts: readonly Attempt[],
  now: number,
  limit: number,
): number | null {
  if (lastSnapshotAt === null || lastSnapshotAt <= now) return lastSnapshotAt;
  const nothingKnown = accountedUntil === null && all.length === 0;
  const made = attempts.some(({ startedAt }) => Math.abs(startedAt - lastSnapshotAt) <= momentBefore);
  return made || nothingKnown ? atMost(lastSnapshotAt, limit) : null;
}

export function isSuccess(attempt: Attempt): boolean {
  return attempt.outcome === 'done' || attempt.outcome === 'warnings';
}

function atMost(at: number | null, limit: number): number | null {
  return at === null || at > limit ? null : at;
}
