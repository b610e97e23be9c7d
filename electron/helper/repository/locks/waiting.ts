import type { LockHolder } from './held-lock.ts';
import { describeHolder } from './holder.ts';

const nsPerSecond = 1_000_000_000n;

/** Who is in the way, for people, while somebody waits. */
export interface Waiting {
  /** A sentence: for whom, since when as far as is known, and what for. */
  readonly text: string;
  /** Not the one that the last call named. */
  readonly isNew: boolean;
}

/**
 * Follows those who are in the way from look to look. A refresh writes a lock anew with the time of the refresh, so that
 * since when somebody holds one is known only as "at least": from the oldest time that was seen of it.
 */
export class WaitingWords {
  readonly #sinceNs = new Map<string, bigint>();
  #named = '';

  of(holders: readonly LockHolder[], nowNs: bigint): Waiting {
    const seen = holders.map((holder) => ({ holder, key: keyOf(holder) }));
    for (const { holder, key } of seen) {
      const before = this.#sinceNs.get(key);
      if (before === undefined || holder.sinceNs < before) this.#sinceNs.set(key, holder.sinceNs);
    }
    for (const key of this.#sinceNs.keys()) if (!seen.some((each) => each.key === key)) this.#sinceNs.delete(key);
    const [first] = seen;
    if (first === undefined) return { text: 'Waiting for somebody who uses the repository.', isNew: false };
    const { holder, key } = first;
    const isNew = key !== this.#named;
    this.#named = key;
    const more = seen.length > 1 ? ` and ${seen.length - 1} more` : '';
    const forNs = nowNs - (this.#sinceNs.get(key) ?? nowNs);
    const why = holder.mode === 'exclusive' ? ' to delete or to check' : '';
    return {
      text: `Waiting for the repository: held by ${describeHolder(holder)}${more}${why}, for ${durationOf(forNs)} or longer.`,
      isNew,
    };
  }
}

function keyOf({ hostname, username, pid, mode }: LockHolder): string {
  return `${hostname} ${username} ${pid} ${mode}`;
}

function durationOf(ns: bigint): string {
  const seconds = Number(ns / nsPerSecond);
  // Their clock may be ahead of ours.
  if (seconds < 60) return `${Math.max(0, seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
