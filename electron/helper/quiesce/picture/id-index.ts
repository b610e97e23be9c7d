/** No id. */
export const none = -1;
const removed = -2;

/**
 * Ids by a hash: a table that holds nothing but ids (open addressing, at most two thirds full). What an id stands for, and
 * whether it is the one that is looked for, is known to whoever asks.
 */
export class IdIndex {
  #table = new Int32Array(64).fill(none);
  #used = 0;
  #count = 0;

  add(hash: number, id: number, hashOf: (id: number) => number): void {
    if ((this.#used + 1) * 3 > this.#table.length * 2) this.#rebuild(hashOf);
    const mask = this.#table.length - 1;
    let at = hash & mask;
    while ((this.#table[at] ?? none) >= 0) at = (at + 1) & mask;
    if (this.#table[at] === none) this.#used += 1;
    this.#table[at] = id;
    this.#count += 1;
  }

  /** Where ids with this hash begin. They go on at `after` until `at` says `none`; others may be among them. */
  first(hash: number): number {
    return this.#settled(hash & (this.#table.length - 1));
  }

  after(slot: number): number {
    return this.#settled((slot + 1) & (this.#table.length - 1));
  }

  at(slot: number): number {
    return this.#table[slot] ?? none;
  }

  delete(hash: number, id: number): void {
    const mask = this.#table.length - 1;
    for (let at = hash & mask; this.#table[at] !== none; at = (at + 1) & mask) {
      if (this.#table[at] !== id) continue;
      this.#table[at] = removed;
      this.#count -= 1;
      return;
    }
  }

  #settled(slot: number): number {
    const mask = this.#table.length - 1;
    let at = slot;
    while (this.#table[at] === removed) at = (at + 1) & mask;
    return at;
  }

  #rebuild(hashOf: (id: number) => number): void {
    const before = this.#table;
    let length = 64;
    while ((this.#count + 1) * 2 > length) length *= 2;
    this.#table = new Int32Array(length).fill(none);
    this.#used = this.#count;
    for (const id of before) {
      if (id < 0) continue;
      let at = hashOf(id) & (length - 1);
      while (this.#table[at] !== none) at = (at + 1) & (length - 1);
      this.#table[at] = id;
    }
  }
}
