import { pause } from '../pause.ts';

/** A second's worth may be read at once after a rest; less would make small files wait for nothing. */
const burstMs = 1000;

/**
 * Holds live reading to a rate. Fair by order of asking: each read is put after the one before it, so that several at
 * once share the rate.
 */
export class ReadPace {
  readonly #bytesPerMs: number;
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  /** When what was granted so far is paid for, ms of `now`. */
  #paidAtMs: number;

  /** `bytesPerSecond`: undefined for no limit. */
  constructor(bytesPerSecond: number | undefined, signal: AbortSignal, now: () => number = () => performance.now()) {
    this.#bytesPerMs = bytesPerSecond === undefined ? Number.POSITIVE_INFINITY : Math.max(1, bytesPerSecond) / 1000;
    this.#signal = signal;
    this.#now = now;
    this.#paidAtMs = now() - burstMs;
  }

  /** Resolves when so many more bytes may be read; undefined when that is at once. Rejects with `cancelled`. */
  beforeRead(bytes: number): Promise<void> | undefined {
    const waitMs = this.grant(bytes);
    return waitMs < 1 ? undefined : pause(Math.ceil(waitMs), this.#signal);
  }

  /** Takes the bytes, and says how long to wait before they are read, ms. */
  grant(bytes: number): number {
    if (this.#bytesPerMs === Number.POSITIVE_INFINITY) return 0;
    const now = this.#now();
    const from = Math.max(this.#paidAtMs, now - burstMs);
    this.#paidAtMs = from + bytes / this.#bytesPerMs;
    return Math.max(0, from - now);
  }
}
