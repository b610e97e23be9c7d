/** Events of one round after which the next comes soon, so that the kernel's queue stays short. */
const manyEvents = 5_000;
const busyFactor = 8;

/**
 * Calls `drain` again and again: after `idleMs`, sooner when much was told. Does not keep the process alive, and runs only
 * between `start` and `stop`.
 */
export class DrainTimer {
  readonly #idleMs: number;
  readonly #drain: () => number;
  #timer: NodeJS.Timeout | null = null;

  constructor(idleMs: number, drain: () => number) {
    this.#idleMs = idleMs;
    this.#drain = drain;
  }

  get isRunning(): boolean {
    return this.#timer !== null;
  }

  start(): void {
    if (this.#timer === null) this.#next(this.#idleMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #next(ms: number): void {
    this.#timer = setTimeout(() => {
      const events = this.#drain();
      // It may have been stopped by what it found.
      if (this.#timer !== null) this.#next(events > manyEvents ? this.#idleMs / busyFactor : this.#idleMs);
    }, ms).unref();
  }
}
