import type { ChangeListener, ChangeTracker, HandleKey, Trackers } from '../../tracking/contract.ts';

type Change = readonly ['content' | 'metadata' | 'names', HandleKey] | readonly ['doubt', string];

/** One filesystem whose changes a test tells. */
export class FakeTrackers implements Trackers {
  epoch = 'first';
  rootKey = '\x01\0\0\0root' as HandleKey;
  /** What `lookAround` finds, once. */
  found: string | null = null;
  shares = 0;
  drains = 0;
  looks = 0;
  readonly listeners = new Set<ChangeListener>();
  #queue: Change[] = [];

  tell(...changes: Change[]): void {
    this.#queue.push(...changes);
  }

  problem(): null {
    return null;
  }

  track(): ChangeTracker {
    this.shares += 1;
    const { epoch } = this;
    let isOpen = true;
    return {
      startedNs: 1n,
      epoch,
      subscribe: (listener) => {
        this.listeners.add(listener);
        return { [Symbol.dispose]: () => void this.listeners.delete(listener) };
      },
      lookAround: () => this.#lookAround(),
      drain: () => this.#drain(),
      keyOf: () => this.rootKey,
      keyAt: () => undefined,
      [Symbol.dispose]: () => {
        if (isOpen) this.shares -= 1;
        isOpen = false;
      },
    };
  }

  #lookAround(): void {
    this.looks += 1;
    const { found } = this;
    this.found = null;
    if (found !== null) for (const listener of this.listeners) listener.doubt(found);
  }

  #drain(): number {
    this.drains += 1;
    const told = this.#queue;
    this.#queue = [];
    for (const listener of this.listeners)
      for (const change of told) {
        if (change[0] === 'doubt') listener.doubt(change[1]);
        else listener[change[0]](change[1]);
      }
    return told.length;
  }
}
