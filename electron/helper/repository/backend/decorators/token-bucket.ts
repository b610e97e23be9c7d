export interface BucketSurroundings {
  /** Monotonic, milliseconds. */
  readonly nowMs: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A limit that changes while somebody waits takes effect within this time, ms. */
const longestNapMs = 1_000;
/** How much may pass at once after a pause, in milliseconds of the rate. */
const burstMs = 250;

/**
 * Lets bytes pass at a rate, first come first served. A piece that is larger than what is there passes and leaves a debt
 * that the next one waits for: no piece is ever too large.
 */
export class TokenBucket {
  readonly #rate: () => number | null;
  readonly #with: BucketSurroundings;
  #tokens = 0;
  #filledMs: number;
  #waiting = 0;
  #queue: Promise<void> = Promise.resolve();

  /** `rate` in bytes per second, null for none; asked again while somebody waits. */
  constructor(rate: () => number | null, surroundings: BucketSurroundings) {
    this.#rate = rate;
    this.#with = surroundings;
    this.#filledMs = surroundings.nowMs();
  }

  /** Without a limit now, and nobody waits for one that was. */
  get isFree(): boolean {
    return this.#waiting === 0 && this.#rate() === null;
  }

  /** Resolves when `bytes` may pass. Who gives up takes nothing. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    if (this.isFree) return this.#pass(signal);
    this.#waiting += 1;
    const mine = this.#queue.then(() => this.#wait(bytes, signal));
    this.#queue = mine.catch(() => {});
    try {
      return await mine;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** No limit now, and nobody waits for one that was. */
  #pass(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    this.#tokens = 0;
    this.#filledMs = this.#with.nowMs();
  }

  async #wait(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      const rate = this.#rate();
      if (rate === null) return this.#pass(signal);
      signal?.throwIfAborted();
      this.#fill(rate);
      if (this.#tokens >= 0) {
        this.#tokens -= bytes;
        return;
      }
      const neededMs = (-this.#tokens / rate) * 1000;
      await this.#with.sleep(Math.min(Math.max(1, Math.ceil(neededMs)), longestNapMs), signal);
    }
  }

  #fill(rate: number): void {
    const now = this.#with.nowMs();
    const passedMs = Math.max(0, now - this.#filledMs);
    this.#filledMs = now;
    this.#tokens = Math.min((rate * burstMs) / 1000, this.#tokens + (rate * passedMs) / 1000);
  }
}
