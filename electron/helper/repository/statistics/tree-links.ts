/** Numbers held at most, 4 bytes each; beyond that what a tree refers to is read again. */
const mostNumbers = 24 * 1024 * 1024;

/** What each tree refers to, by numbers of index entries, so that a tree that was read need not be read again. */
export class TreeLinks {
  #numbers = new Uint32Array(0);
  #used = 0;
  /** Where a tree's numbers begin, one higher so that 0 is none. The first of them is how many there are. */
  readonly #starts: Uint32Array;

  readonly #most: number;

  constructor(entries: number, most: number = mostNumbers) {
    this.#most = most;
    this.#starts = new Uint32Array(entries);
  }

  /** False when there is no room. */
  keep(tree: number, references: readonly number[]): boolean {
    const needed = this.#used + references.length + 1;
    if (needed > this.#most) return false;
    if (needed > this.#numbers.length) {
      const grown = new Uint32Array(Math.min(this.#most, Math.max(needed, this.#numbers.length * 2)));
      grown.set(this.#numbers.subarray(0, this.#used));
      this.#numbers = grown;
    }
    this.#starts[tree] = this.#used + 1;
    this.#numbers[this.#used] = references.length;
    this.#numbers.set(references, this.#used + 1);
    this.#used = needed;
    return true;
  }

  /** Undefined when they were not kept. Valid until the next `keep`. */
  of(tree: number): Uint32Array | undefined {
    const start = this.#starts[tree] ?? 0;
    if (start === 0) return undefined;
    return this.#numbers.subarray(start, start + (this.#numbers[start - 1] ?? 0));
  }
}
