import type { Backend } from '../contract.ts';
import { around, isOfLocks } from './around.ts';

/**
 * No more than `limit` calls at a time, and one more about locks; the others wait in their order. What is saved faster than
 * the place takes it holds back who saves it, and a server is not asked for more connections than it serves.
 *
 * Calls about locks have a slot of their own, which nothing else takes, and where that is taken they come first: however
 * many packs stand still on a line, a lock is refreshed before it is stale.
 */
export function atMost(inner: Backend, limit: number): Backend {
  const slots = new Slots(limit);
  return around(inner, async (call, run) => {
    const { options } = call;
    const give = await slots.take(isOfLocks(call));
    try {
      options.signal?.throwIfAborted();
      return await run(options);
    } finally {
      give();
    }
  });
}

type Begin = (give: () => void) => void;

class Slots {
  readonly #urgent: Begin[] = [];
  readonly #others: Begin[] = [];
  #shared: number;
  #isOwnFree = true;

  constructor(shared: number) {
    this.#shared = shared;
  }

  /** Resolves with how to give it back. */
  take(isUrgent: boolean): Promise<() => void> {
    return new Promise((begin) => {
      (isUrgent ? this.#urgent : this.#others).push(begin);
      this.#admit();
    });
  }

  #admit(): void {
    const [first] = this.#urgent;
    if (first && this.#isOwnFree) {
      this.#urgent.shift();
      this.#isOwnFree = false;
      first(() => {
        this.#isOwnFree = true;
        this.#admit();
      });
    }
    while (this.#shared > 0) {
      const next = this.#urgent.shift() ?? this.#others.shift();
      if (next === undefined) return;
      this.#shared -= 1;
      next(() => {
        this.#shared += 1;
        this.#admit();
      });
    }
  }
}
