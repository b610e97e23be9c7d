/** Two looks are at most about a minute apart; a clock that is set gradually stays far below this. */
const tolerableMs = 30_000;

/**
 * Notices that the machine slept, or that its clock was set: the wall clock went on by more, or less, than the one that only
 * counts. Needs nobody who announces it.
 */
export class ClockJump {
  readonly #now: () => number;
  readonly #monotonic: () => number;
  #last: { readonly now: number; readonly monotonic: number };

  constructor(now: () => number, monotonic: () => number) {
    this.#now = now;
    this.#monotonic = monotonic;
    this.#last = { now: now(), monotonic: monotonic() };
  }

  /** Whether there was one since it was asked last. */
  happened(): boolean {
    const seen = { now: this.#now(), monotonic: this.#monotonic() };
    const jump = seen.now - this.#last.now - (seen.monotonic - this.#last.monotonic);
    this.#last = seen;
    return Math.abs(jump) > tolerableMs;
  }
}
