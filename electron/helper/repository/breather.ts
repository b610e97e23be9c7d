import { throwIfAborted } from '../../../shared/errors/index.ts';

/** Longest computing at a stretch, in milliseconds, before messages, timers and cancels get their turn. */
const longestStretchMs = 8;

/** Lets the event loop breathe between bounded slices of synchronous work. */
export class Breather {
  #lastMs = performance.now();

  /** Whether `breathe` would yield: asking costs no turn, where a step is too short for one. */
  get isDue(): boolean {
    return performance.now() - this.#lastMs >= longestStretchMs;
  }

  /** Yields when it is time to; then throws the abort reason if `signal` was aborted. */
  async breathe(signal?: AbortSignal | undefined): Promise<void> {
    throwIfAborted(signal);
    if (!this.isDue) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#lastMs = performance.now();
    throwIfAborted(signal);
  }
}
