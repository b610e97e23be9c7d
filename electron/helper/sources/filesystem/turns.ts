import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../../../../shared/errors/index.ts';

/** How long the event loop is held up at a time, ms. */
const turnMs = 15;

/** Cuts long synchronous looking into turns, so that cancels and messages are heard in between. */
export class Turns {
  readonly #signal: AbortSignal;
  readonly #startedAt = performance.now();
  #turnStartedAt = this.#startedAt;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Since the first turn, ms. */
  get tookMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** To be awaited wherever work may be interrupted. Throws when it was cancelled. Undefined while there is time left. */
  pause(): Promise<void> | undefined {
    throwIfAborted(this.#signal);
    return performance.now() - this.#turnStartedAt < turnMs ? undefined : this.#next();
  }

  async #next(): Promise<void> {
    await nextTurn();
    this.#turnStartedAt = performance.now();
    throwIfAborted(this.#signal);
  }
}
