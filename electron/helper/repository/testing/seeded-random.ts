/** Deterministic pseudo-random numbers (xorshift32) for property tests: a failure is repeated by its seed. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }

  /** An integer from 0 to `below` - 1. */
  int(below: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return Math.floor(((this.#state >>> 0) / 2 ** 32) * below);
  }

  bytes(length: number): Buffer {
    const result = Buffer.allocUnsafe(length);
    for (let index = 0; index < length; index += 1) result[index] = this.int(256);
    return result;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.int(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
}
