/**
 * Lets the newest of many values through at most once per interval, per key: at once when it has been quiet, else at
 * the end of the interval. `flush` lets through what is held back, `drop` forgets it.
 */
export class Throttle<K, V> {
  readonly #intervalMs: number;
  readonly #emit: (value: V) => void;
  readonly #keys = new Map<K, { timer: NodeJS.Timeout; held: V | undefined }>();

  constructor(intervalMs: number, emit: (value: V) => void) {
    this.#intervalMs = intervalMs;
    this.#emit = emit;
  }

  push(key: K, value: V): void {
    const entry = this.#keys.get(key);
    if (entry) {
      entry.held = value;
      return;
    }
    this.#emit(value);
    this.#arm(key);
  }

  /** Sends this value now, instead of anything that is held back. */
  now(key: K, value: V): void {
    this.drop(key);
    this.#emit(value);
    this.#arm(key);
  }

  drop(key: K): void {
    clearTimeout(this.#keys.get(key)?.timer);
    this.#keys.delete(key);
  }

  #arm(key: K): void {
    const timer = setTimeout(() => {
      const held = this.#keys.get(key)?.held;
      this.#keys.delete(key);
      if (held !== undefined) this.push(key, held);
    }, this.#intervalMs);
    timer.unref();
    this.#keys.set(key, { timer, held: undefined });
  }
}
