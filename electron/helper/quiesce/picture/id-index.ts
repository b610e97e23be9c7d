const empty = -1;
const removed = -2;

/**
 * Ids by a hash: a table that holds nothing but ids (open addressing, at most two thirds full). What an id stands for, and
 * whether it is the one that is looked for, is known to whoever asks.
 */
export class IdIndex {
  #table = new Int32Array(64).fill(empty);
  #used = 0;
  #count = 0;

  add(hash: number, id: number, hashOf: (id: number) => number): void {
    if ((this.#used + 1) * 3 > this.#table.length * 2) this.#rebuild(hashOf);
    const mask = this.#table.length - 1;
    let at = hash & mask;
    while ((this.#table[at] ?? empty) >= 0) at = (at + 1) & mask;
    if (this.#table[at] === empty) this.#used += 1;
    this.#table[at] = id;
    this.#count += 1;
  }

  /** The first id with this hash of which `isIt` is true; -1 when there is none. */
  find(hash: number, isIt: (id: number) => boolean): number {
    const mask = this.#table.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const id = this.#table[at] ?? empty;
      if (id === empty) return -1;
      if (id !== removed && isIt(id)) return id;
    }
  }

  delete(hash: number, id: number): void {
    const mask = this.#table.length - 1;
    for (let at = hash & mask; this.#table[at] !== empty; at = (at + 1) & mask) {
      if (this.#table[at] !== id) continue;
      this.#table[at] = removed;
      this.#count -= 1;
      return;
    }
  }

  #rebuild(hashOf: (id: number) => number): void {
    const before = this.#table;
    let length = 64;
    while ((this.#count + 1) * 2 > length) length *= 2;
    this.#table = new Int32Array(length).fill(empty);
    this.#used = this.#count;
    for (const id of before) {
      if (id < 0) continue;
      let at = hashOf(id) & (length - 1);
      while (this.#table[at] !== empty) at = (at + 1) & (length - 1);
      this.#table[at] = id;
    }
  }
}
