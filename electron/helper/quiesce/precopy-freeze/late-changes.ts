import type { ChangeListener, ChangeTracker, HandleKey } from '../tracking/contract.ts';

/** What is told of contents after a hold. */
export class LateChanges implements Disposable {
  readonly #keys = new Set<HandleKey>();
  readonly #doubts: string[] = [];
  readonly #subscription: Disposable;

  constructor(tracker: ChangeTracker) {
    const listener: ChangeListener = {
      content: (key) => void this.#keys.add(key),
      metadata: () => {},
      names: () => {},
      doubt: (reason) => void this.#doubts.push(reason),
    };
    this.#subscription = tracker.subscribe(listener);
  }

  /** What was told up to now does not count: it has been looked at. */
  forget(): void {
    this.#keys.clear();
    this.#doubts.length = 0;
  }

  get keys(): ReadonlySet<HandleKey> {
    return this.#keys;
  }

  /** Why something may not have been told, for people. */
  get doubts(): readonly string[] {
    return this.#doubts;
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }
}
