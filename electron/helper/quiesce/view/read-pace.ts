import { pause } from '../pause.ts';

/** A second's worth may be read at once after a rest; less would make small files wait for nothing. */
const burstMs = 1000;
/** How long is read at a time while others use the disk, and how long it is theirs then, ms. */
const turnMs = 50;
const othersTurnMs = 50;

export interface ReadPaceOptions {
  /** No limit where it is absent. */
  readonly bytesPerSecond?: number | undefined;
  /** Whether others have used the disk since it was asked last. Absent where the disk's own scheduler sees to it. */
  readonly areOthersBusy?: (() => boolean) | undefined;
  /** Milliseconds of a clock that does not go back. */
  readonly now?: () => number;
}

/**
 * Holds live reading to a rate, and lets others have their turn at the disk. Fair by order of asking: each read is put after
 * the one before it, so that several at once share the rate.
 */
export class ReadPace {
  readonly #bytesPerMs: number;
  readonly #areOthersBusy: (() => boolean) | undefined;
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  /** When what was granted so far is paid for. */
  #paidAtMs: number;
  #turnBeganMs: number;
  /** Until then the disk is others'. */
  #theirsUntilMs = 0;

  constructor(signal: AbortSignal, options: ReadPaceOptions = {}) {
    const { bytesPerSecond, areOthersBusy, now = () => performance.now() } = options;
    this.#bytesPerMs = bytesPerSecond === undefined ? Number.POSITIVE_INFINITY : Math.max(1, bytesPerSecond) / 1000;
    this.#areOthersBusy = areOthersBusy;
    this.#signal = signal;
    this.#now = now;
    this.#paidAtMs = now() - burstMs;
    this.#turnBeganMs = now();
  }

  /** Nothing ever has to wait. */
  get isFree(): boolean {
    return !this.isLimited && this.#areOthersBusy === undefined;
  }

  /** To a rate. */
  get isLimited(): boolean {
    return this.#bytesPerMs !== Number.POSITIVE_INFINITY;
  }

  /** Resolves when so many more bytes may be read; undefined when that is at once. Rejects with `cancelled`. */
  beforeRead(bytes: number): Promise<void> | undefined {
    const waitMs = this.grant(bytes);
    return waitMs < 1 ? undefined : pause(Math.ceil(waitMs), this.#signal);
  }

  /** Takes the bytes, and says how long to wait before they are read, ms. */
  grant(bytes: number): number {
    const now = this.#now();
    const theirs = this.#turnOfOthers(now);
    if (this.#bytesPerMs === Number.POSITIVE_INFINITY) return theirs;
    const from = Math.max(this.#paidAtMs, now - burstMs);
    this.#paidAtMs = from + bytes / this.#bytesPerMs;
    return Math.max(theirs, from - now);
  }

  #turnOfOthers(now: number): number {
    if (this.#areOthersBusy === undefined) return 0;
    if (now < this.#theirsUntilMs) return this.#theirsUntilMs - now;
    if (now - this.#turnBeganMs < turnMs) return 0;
    this.#turnBeganMs = now;
    if (!this.#areOthersBusy()) return 0;
    this.#theirsUntilMs = now + othersTurnMs;
    this.#turnBeganMs = this.#theirsUntilMs;
    return othersTurnMs;
  }
}
