/** As many as a line of 100 ms needs for 20 MiB/s; more while they are answered at once. */
const atFirst = 64;
const most = 256;
const fewest = 4;
/** Answered within this time, ms, one more is sent at a time; later than the other, one fewer. */
const quickMs = 500;
const slowMs = 4_000;

/**
 * How many pieces of content are on their way over one connection, of all transfers together. Everything else that is asked
 * over the same connection waits behind them: on a slow line they are fewer, so that a lock is refreshed in seconds.
 */
export class PieceWindow {
  readonly #nowMs: () => number;
  readonly #waiting: (() => void)[] = [];
  #size = atFirst;
  #underWay = 0;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** How many may be on their way now. */
  get size(): number {
    return this.#size;
  }

  async send<Result>(piece: () => Promise<Result>): Promise<Result> {
    if (this.#underWay >= this.#size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#underWay += 1;
    const startedMs = this.#nowMs();
    try {
      return await piece();
    } finally {
      this.#learn(this.#nowMs() - startedMs);
      this.#underWay -= 1;
      while (this.#underWay < this.#size) {
        const next = this.#waiting.shift();
        if (next === undefined) break;
        this.#underWay += 1;
        next();
      }
    }
  }

  #learn(tookMs: number): void {
    if (tookMs < quickMs) this.#size = Math.min(most, this.#size + 1);
    else if (tookMs > slowMs) this.#size = Math.max(fewest, this.#size - 1);
  }
}
