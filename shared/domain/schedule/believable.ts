import type { Attempt, ScheduleFacts } from './facts.ts';
import { hourMs } from './wall-clock.ts';

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
  const attempts = history.attempts
    .filter((attempt) => attempt.startedAt <= limit)
    .sort((a, b) => a.startedAt - b.startedAt);
  const lastSnapshotAt = atMost(history.lastSnapshotAt, limit);
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

export function isSuccess(attempt: Attempt): boolean {
  return attempt.outcome === 'done' || attempt.outcome === 'warnings';
}

function atMost(at: number | null, limit: number): number | null {
  return at === null || at > limit ? null : at;
}
