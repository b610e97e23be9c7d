import { throwIfAborted } from '../../../shared/errors/index.ts';

/** Longest synchronous work at a stretch, in milliseconds, before cancels and messages get their turn. */
const longestStretchMs = 8;

/** Lets the event loop breathe between slices of synchronous file calls. */
export class Breather {
  readonly #signal: AbortSignal;
  #lastMs = performance.now();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Throws when cancelled. Undefined when there is no need to wait. */
  pause(): Promise<void> | undefined {
    throwIfAborted(this.#signal);
    if (performance.now() - this.#lastMs < longestStretchMs) return undefined;
    return this.#yield();
  }

  async #yield(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#lastMs = performance.now();
    throwIfAborted(this.#signal);
  }
}
