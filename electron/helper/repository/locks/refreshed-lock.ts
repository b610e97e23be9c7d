import type { StillpointError } from '../../../../shared/errors/index.ts';
import type { Documents } from '../documents.ts';
import type { Environment } from '../environment.ts';
import { nextSequence } from '../sequence.ts';
import { lockLost } from './failures.ts';
import type { HeldLock, LockMode } from './held-lock.ts';
import type { LockTiming } from './locks.ts';
import { removeIfAllowed } from './remove-if-allowed.ts';

export interface RefreshDependencies {
  readonly documents: Documents;
  readonly environment: Environment;
  readonly timing: LockTiming;
  /** A lock file that says now. */
  readonly encode: () => string;
  /** Told when a lock may not be removed when it is released. */
  readonly onKept?: ((reason: StillpointError) => void) | undefined;
}

const nsPerMs = 1_000_000n;

/** A place that does not answer holds up nobody who is done with it for longer, ms. */
const releaseMs = 5_000;

/**
 * Refreshes by writing a new lock file and removing the one before, as restic does: a lock never changes in place.
 * Timers stand still while the machine sleeps, so age is judged by the wall clock, at every tick, also while a refresh
 * waits for a place that does not answer.
 */
export class RefreshedLock implements HeldLock {
  readonly mode: LockMode;
  readonly sequence = nextSequence();
  readonly #with: RefreshDependencies;
  readonly #lost = new AbortController();
  readonly #released = new AbortController();
  readonly #refreshing: Promise<void>;
  /** Lock files that are ours, newest last: more than one only while an old one could not be removed. */
  #ids: string[];
  #refreshedNs: bigint;
  #refreshUnderWay: Promise<void> | null = null;
  /** When the last refresh failed; null when it did not. */
  #failedNs: bigint | null = null;

  constructor(id: string, mode: LockMode, dependencies: RefreshDependencies) {
    this.mode = mode;
    this.#ids = [id];
    this.#with = dependencies;
    this.#refreshedNs = dependencies.environment.nowNs();
    this.#refreshing = this.#refreshUntilReleased();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  assertHeld(): void {
    if (this.#released.signal.aborted) throw lockLost('the lock was released');
    if (this.#isOverdue()) this.#lost.abort(lockLost());
    this.#lost.signal.throwIfAborted();
  }

  async verifyHeld(): Promise<void> {
    this.assertHeld();
    for (let id = this.#ids.at(-1); id !== undefined; ) {
      if (await this.#with.documents.isThere('lock', id)) break;
      const newest = this.#ids.at(-1);
      // A refresh may have put another file into its place meanwhile.
      if (newest === id) this.#lost.abort(lockLost());
      if (newest === id) break;
      id = newest;
    }
    this.assertHeld();
  }

  async settled(): Promise<void> {
    while (this.#refreshUnderWay !== null) await this.#refreshUnderWay;
  }

  async release(): Promise<void> {
    if (this.#released.signal.aborted) return;
    this.#released.abort();
    await this.#refreshing;
    // A refresh under way leaves a file that goes with the others, when the place answers again.
    const removed = this.settled().then(() => this.#removeFiles());
    const isDone = new AbortController();
    const longEnough = this.#with.environment.sleep(releaseMs, isDone.signal).catch(() => {});
    await Promise.race([removed, longEnough]);
    isDone.abort();
  }

  async #removeFiles(): Promise<void> {
    for (const id of this.#ids) {
      const kept = await removeIfAllowed(this.#with.documents, id).catch(() => undefined);
      if (kept) this.#with.onKept?.(kept);
    }
  }

  async #refreshUntilReleased(): Promise<void> {
    const { environment, timing } = this.#with;
    while (!this.#released.signal.aborted && !this.#lost.signal.aborted) {
      await environment.sleep(timing.tickMs, this.#released.signal).catch(() => {});
      if (this.#released.signal.aborted) return;
      if (this.#isOverdue()) this.#lost.abort(lockLost());
      else if (this.#refreshUnderWay === null && this.#isTimeToRefresh()) this.#beginRefresh();
    }
  }

  #isTimeToRefresh(): boolean {
    const { refreshMs, refreshRetryMs } = this.#with.timing;
    return this.#failedNs === null ? this.#ageMs() >= refreshMs : this.#msSince(this.#failedNs) >= refreshRetryMs;
  }

  #beginRefresh(): void {
    this.#refreshUnderWay = this.#refresh().then((isDone) => {
      this.#failedNs = isDone ? null : this.#with.environment.nowNs();
      this.#refreshUnderWay = null;
    });
  }

  /** Whether it succeeded. A lock file that is gone ends the lock: somebody took it for stale. */
  async #refresh(): Promise<boolean> {
    const { documents, environment } = this.#with;
    try {
      const files = await documents.list('lock');
      if (!files.some(({ name }) => name === this.#ids.at(-1))) {
        this.#lost.abort(lockLost());
        return false;
      }
      const now = environment.nowNs();
      this.#ids.push(await documents.save('lock', this.#with.encode()));
      this.#refreshedNs = now;
      for (const old of this.#ids.slice(0, -1)) await removeIfAllowed(documents, old);
      this.#ids = this.#ids.slice(-1);
      return true;
    } catch {
      return false;
    }
  }

  #isOverdue(): boolean {
    return this.#ageMs() > this.#with.timing.lostAfterMs;
  }

  #ageMs(): number {
    return this.#msSince(this.#refreshedNs);
  }

  #msSince(ns: bigint): number {
    return Number((this.#with.environment.nowNs() - ns) / nsPerMs);
  }
}
