export type LockMode = 'shared' | 'exclusive';

/** Who holds a lock, for people and for the decision whether it still counts. */
export interface LockHolder {
  /** Name of the lock file now; a refresh changes it. */
  readonly id: string;
  readonly mode: LockMode;
  readonly hostname: string;
  readonly username: string;
  readonly pid: number;
  /** When it was taken or last refreshed, nanoseconds since 1970 UTC. */
  readonly sinceNs: bigint;
}

/**
 * A lock on a repository that we hold. It refreshes itself until it is released. When that fails for too long, or the
 * lock file is gone (another program took it for stale while this machine slept), `lost` is aborted with `lock-lost`:
 * stop at once, take the lock again, and look at everything again.
 */
export interface HeldLock {
  readonly mode: LockMode;
  readonly lost: AbortSignal;
  /** Order of events within this process: greater than that of everything that happened before the lock was taken. */
  readonly sequence: number;
  /** Throws `lock-lost` unless the lock is held for certain, judged by the wall clock: a sleep counts. */
  assertHeld(): void;
  /**
   * The same, and looks whether the lock file is there: who took it for stale removed it, whatever the clocks say. Before
   * anything becomes visible or is deleted.
   */
  verifyHeld(): Promise<void>;
  /** Resolves when no refresh is under way: nothing of the lock then waits for the place before the event loop turns. */
  settled(): Promise<void>;
  /** Safe to call twice. Failing to remove the file is no error: it turns stale. */
  release(): Promise<void>;
}

/** Whether it may still be counted on. */
export function isHeld(lock: Pick<HeldLock, 'assertHeld'>): boolean {
  try {
    lock.assertHeld();
    return true;
  } catch {
    return false;
  }
}
