import { isStillpointError, type StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import type { Documents } from '../documents.ts';
import type { Environment } from '../environment.ts';
import { decodeLockFile, encodeLockFile } from '../format/lock-file.ts';
import { lockedBy, lockLost } from './failures.ts';
import type { HeldLock, LockHolder, LockMode } from './held-lock.ts';
import { holderOf, isGone, looksOld, staleAfterNs } from './holder.ts';
import { RefreshedLock } from './refreshed-lock.ts';
import { removeIfAllowed } from './remove-if-allowed.ts';
import { type Waiting, WaitingWords } from './waiting.ts';

export interface AcquireOptions {
  /** `exclusive` while anything is removed; `shared` for everything else that writes, and for reading undisturbed. */
  readonly mode: LockMode;
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for others, in milliseconds; 0, the default, fails at once with `repository-locked`. */
  readonly waitMs?: number | undefined;
  /** Called before each wait with those who are in the way, and with words for it. */
  readonly onWait?: ((holders: readonly LockHolder[], waiting: Waiting) => void) | undefined;
}

export interface LockTiming {
  /** Between writing a lock and looking whether another one appeared meanwhile. */
  readonly settleMs: number;
  /** Between two attempts while waiting for others. */
  readonly retryMs: number;
  readonly refreshMs: number;
  /** Between looks at the wall clock: how soon a sleep of the machine is noticed. */
  readonly tickMs: number;
  /** Between attempts to refresh after one failed. */
  readonly refreshRetryMs: number;
  /** Without a refresh for this long the lock counts as lost: well before others may take it for stale. */
  readonly lostAfterMs: number;
}

/** Restic's own times, so that each side leaves the other enough. */
export const lockTiming: LockTiming = {
  settleMs: 200,
  retryMs: 2_000,
  refreshMs: 5 * 60_000,
  tickMs: 10_000,
  refreshRetryMs: 20_000,
  lostAfterMs: 22.5 * 60_000,
};

/** Locks come and go; after so many looks what was found will do. */
const maxListings = 5;

/** What of a backend matters to locks. */
export type LockPlace = Pick<Backend, 'location' | 'seesAtOnce'>;

/**
 * Restic's locks: files that say who uses the repository. Any number of shared ones, or one exclusive. There is no
 * atomic test-and-set on a dumb store, so: look, write, wait, look again, and withdraw when another appeared.
 */
export class Locks {
  readonly #documents: Documents;
  readonly #environment: Environment;
  readonly #timing: LockTiming;
  readonly #place: LockPlace;
  #othersSeen = 0;
  /** Why locks cannot be removed here, once that was seen. */
  #kept: StillpointError | undefined;

  constructor(documents: Documents, environment: Environment, place: LockPlace, timing: LockTiming = lockTiming) {
    this.#documents = documents;
    this.#environment = environment;
    this.#place = place;
    this.#timing = timing;
  }

  /** How often a lock was found in the way or left over when one was taken: somebody else was or is at work. */
  get othersSeen(): number {
    return this.#othersSeen;
  }

  /** `repository-locked` names who holds it. Stale locks do not count; those in the way are removed. */
  async acquire(options: AcquireOptions): Promise<HeldLock> {
    const { mode, signal, waitMs = 0, onWait } = options;
    const deadlineNs = this.#environment.nowNs() + BigInt(Math.round(waitMs)) * 1_000_000n;
    const words = new WaitingWords();
    for (;;) {
      throwIfAborted(signal);
      const attempt = await this.#attempt(mode, signal);
      if (!Array.isArray(attempt)) return attempt;
      if (this.#environment.nowNs() >= deadlineNs) throw lockedBy(attempt, this.#place.location);
      onWait?.(attempt, words.of(attempt, this.#environment.nowNs()));
      await this.#sleep(Math.round(this.#timing.retryMs * (0.75 + Math.random() / 2)), signal);
    }
  }

  /** Holds the lock while `work` runs. The lock is released on every path. */
  async withLock<Result>(options: AcquireOptions, work: (lock: HeldLock) => Promise<Result>): Promise<Result> {
    const lock = await this.acquire(options);
    try {
      return await work(lock);
    } finally {
      await lock.release();
    }
  }

  /**
   * Everyone who holds a lock now, ourselves included. A lock file that cannot be read is a holder without a name. `stale`
   * goes by our clock alone: to be shown, not to be acted upon.
   */
  async list(): Promise<readonly (LockHolder & { readonly stale: boolean })[]> {
    const holders = await this.#readAll();
    const isStale = (holder: LockHolder) => isGone(holder, this.#environment) || looksOld(holder, this.#environment);
    return holders.map((holder) => ({ ...holder, stale: isStale(holder) }));
  }

  /** Removes the locks of processes of this machine that no longer run. How many there were. */
  async removeGone(): Promise<number> {
    const gone = (await this.#readAll()).filter((holder) => isGone(holder, this.#environment));
    this.#othersSeen += gone.length;
    await this.#remove(gone);
    return gone.length;
  }

  async #attempt(mode: LockMode, signal: AbortSignal | undefined): Promise<HeldLock | LockHolder[]> {
    await this.removeGone();
    // What cannot be taken back would keep everybody out; and who may not even remove a lock removes nothing else.
    if (mode === 'exclusive' && this.#kept) throw this.#kept;
    // What looks old is judged when our own file tells what time it is there.
    const before = (await this.#readAll()).filter((other) => !looksOld(other, this.#environment));
    if (before.some((other) => conflicts(other, mode))) return before.filter((other) => conflicts(other, mode));
    const id = await this.#documents.save('lock', encodeLockFile(this.#file(mode)));
    try {
      // Whoever wrote before we look is seen, whoever writes later will see ours: see `Backend.seesAtOnce`.
      if (!this.#place.seesAtOnce?.()) await this.#sleep(this.#timing.settleMs, signal);
      const after = await this.#inTheWay(mode, id);
      if (after.length > 0) {
        await removeIfAllowed(this.#documents, id);
        return after;
      }
    } catch (error) {
      await this.#documents.remove('lock', id).catch(() => {});
      throw error;
    }
    return new RefreshedLock(id, mode, {
      documents: this.#documents,
      environment: this.#environment,
      timing: this.#timing,
      encode: () => encodeLockFile(this.#file(mode)),
      onKept: (reason) => {
        this.#kept = reason;
      },
    });
  }

  /** Removes what no longer counts, in the way or not: restic would refuse its next check for it. */
  async #inTheWay(mode: LockMode, own: string): Promise<LockHolder[]> {
    const all = await this.#readAll();
    if (!all.some(({ id }) => id === own)) throw lockLost('the lock file was removed at once');
    const others = all.filter(({ id }) => id !== own);
    this.#othersSeen += others.length;
    const stale: LockHolder[] = [];
    for (const other of others)
      if (isGone(other, this.#environment) || (await this.#isOld(other, own))) stale.push(other);
    await this.#remove(stale);
    return others.filter((other) => !stale.includes(other) && conflicts(other, mode));
  }

  /**
   * By our clock and by that of the place, which wrote down when it got their lock file and ours just now. A clock that is
   * wrong, ours or theirs, makes no lock stale that is still refreshed.
   */
  async #isOld(other: LockHolder, own: string): Promise<boolean> {
    if (!looksOld(other, this.#environment)) return false;
    const [theirs, ours] = await Promise.all([
      this.#documents.writtenMs('lock', other.id),
      this.#documents.writtenMs('lock', own),
    ]);
    if (ours === undefined) throw lockLost('the lock file was removed at once');
    // A place that does not tell leaves our clock alone to judge, as restic does everywhere.
    if (ours === null || theirs === null) return true;
    return theirs === undefined || BigInt(Math.floor(ours - theirs)) * 1_000_000n > staleAfterNs;
  }

  async #remove(holders: readonly LockHolder[]): Promise<void> {
    for (const { id } of holders) {
      const kept = await removeIfAllowed(this.#documents, id);
      if (kept) this.#kept = kept;
    }
  }

  /** A file that vanishes between list and read was perhaps refreshed: its successor may not have been in the list. */
  async #readAll(): Promise<LockHolder[]> {
    for (let attempt = 1; ; attempt += 1) {
      const files = await this.#documents.list('lock');
      const holders = await Promise.all(files.map(({ name }) => this.#read(name)));
      const found = holders.filter((holder) => holder !== undefined);
      if (found.length === holders.length || attempt === maxListings) return found;
    }
  }

  async #read(name: string): Promise<LockHolder | undefined> {
    try {
      const text = await this.#documents.load('lock', name);
      return text === undefined ? undefined : holderOf(name, decodeLockFile(text));
    } catch (error) {
      if (!isStillpointError(error, 'repository-damaged')) throw error;
      return { id: name, mode: 'exclusive', hostname: '', username: '', pid: 0, sinceNs: this.#environment.nowNs() };
    }
  }

  #file(mode: LockMode): Parameters<typeof encodeLockFile>[0] {
    const { hostname, username, pid, uid, gid } = this.#environment;
    return { timeNs: this.#environment.nowNs(), exclusive: mode === 'exclusive', hostname, username, pid, uid, gid };
  }

  async #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#environment.sleep(ms, signal);
    } catch (error) {
      throwIfAborted(signal);
      throw error;
    }
  }
}

function conflicts(other: LockHolder, mode: LockMode): boolean {
  return mode === 'exclusive' || other.mode === 'exclusive';
}
