/** Things that only one run may use at a time: `source:photos`, `repository:…`. */
export type QueueKey = string;

interface Waiting {
  readonly keys: ReadonlySet<QueueKey>;
  readonly begin: () => void;
}

/**
 * Lets runs begin in the order they were asked for, each when nobody before it uses or waits for one of its keys. A run
 * that waits holds back later ones that share a key with it, so that nobody starves.
 */
export class RunQueue {
  readonly #busy = new Set<QueueKey>();
  readonly #inside = new Set<Waiting>();
  #waiting: Waiting[] = [];

  /** Resolves with the function that gives the keys back; rejects with the signal's reason when withdrawn before. */
  enter(keys: readonly QueueKey[], signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        keys: new Set(keys),
        begin: () => {
          signal.removeEventListener('abort', withdraw);
          resolve(() => this.#leave(entry));
        },
      };
      const withdraw = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
        reject(signal.reason);
        this.#admit();
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener('abort', withdraw, { once: true });
      this.#waiting.push(entry);
      this.#admit();
    });
  }

  /** Whether somebody uses one of them now. */
  isBusy(keys: readonly QueueKey[]): boolean {
    return keys.some((key) => this.#busy.has(key));
  }

  #leave(entry: Waiting): void {
    if (!this.#inside.delete(entry)) return;
    for (const key of entry.keys) this.#busy.delete(key);
    this.#admit();
  }

  #admit(): void {
    const wanted = new Set<QueueKey>();
    const staying: Waiting[] = [];
    const beginning: Waiting[] = [];
    for (const entry of this.#waiting) {
      const isFree = [...entry.keys].every((key) => !this.#busy.has(key) && !wanted.has(key));
      if (isFree) for (const key of entry.keys) this.#busy.add(key);
      else for (const key of entry.keys) wanted.add(key);
      (isFree ? beginning : staying).push(entry);
    }
    this.#waiting = staying;
    for (const entry of beginning) {
      this.#inside.add(entry);
      entry.begin();
    }
  }
}
