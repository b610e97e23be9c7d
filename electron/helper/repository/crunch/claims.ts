import { idLength } from '../format/ids.ts';

const empty = 0;
const beingWritten = 1;
const written = 2;
/** Beyond that a table is taken for full: the blob is stored, perhaps a second time. */
const longestProbe = 128;
const headerWords = 4;

/** A table for so many claims, empty; `slots` is a power of two. */
export function newClaimTable(slots: number): SharedArrayBuffer {
  return new SharedArrayBuffer((headerWords + slots) * 4 + slots * idLength);
}

/**
 * Which blobs of a run some thread has taken upon itself to store, for all threads without a lock. Whoever claims a blob
 * first stores it. Two may both be first, rarely: it is then stored twice, which costs space. Never is a blob called claimed
 * that is not: whole ids are compared.
 */
export class Claims {
  readonly #tables: Table[] = [];

  /** From now on claims go there; earlier tables are still asked. */
  add(table: SharedArrayBuffer): void {
    this.#tables.push(new Table(table));
  }

  /** True: nobody had it, and whoever asked must store it now, or fail the run. */
  claim(id: Uint8Array): boolean {
    const last = this.#tables.length - 1;
    for (let index = 0; index < last; index += 1) if (this.#tables[index]?.has(id)) return false;
    return this.#tables[last]?.claim(id) ?? true;
  }

  /** Claims that the latest table holds, and how many it has room for. */
  get fill(): { readonly claims: number; readonly slots: number } {
    const table = this.#tables.at(-1);
    return { claims: table?.claims ?? 0, slots: table?.slots ?? 0 };
  }
}

class Table {
  readonly slots: number;
  readonly #header: Int32Array;
  readonly #states: Int32Array;
  readonly #ids: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.slots = (memory.byteLength - headerWords * 4) / (4 + idLength);
    this.#header = new Int32Array(memory, 0, headerWords);
    this.#states = new Int32Array(memory, headerWords * 4, this.slots);
    this.#ids = new Uint8Array(memory, (headerWords + this.slots) * 4);
  }

  get claims(): number {
    return Atomics.load(this.#header, 0);
  }

  has(id: Uint8Array): boolean {
    for (let probe = 0; probe < longestProbe; probe += 1) {
      const slot = this.#slotOf(id, probe);
      const state = Atomics.load(this.#states, slot);
      if (state === empty) return false;
      if (state === written && this.#holds(slot, id)) return true;
    }
    return false;
  }

  claim(id: Uint8Array): boolean {
    for (let probe = 0; probe < longestProbe; probe += 1) {
      const slot = this.#slotOf(id, probe);
      let state = Atomics.load(this.#states, slot);
      if (state === empty) {
        state = Atomics.compareExchange(this.#states, slot, empty, beingWritten);
        if (state === empty) {
          this.#ids.set(id, slot * idLength);
          Atomics.store(this.#states, slot, written);
          Atomics.add(this.#header, 0, 1);
          return true;
        }
      }
      if (state === written && this.#holds(slot, id)) return false;
    }
    return true;
  }

  /** Ids are hashes: their first bytes are spread evenly already. */
  #slotOf(id: Uint8Array, probe: number): number {
    const first = (id[0] ?? 0) | ((id[1] ?? 0) << 8) | ((id[2] ?? 0) << 16) | ((id[3] ?? 0) << 24);
    return (first + probe) & (this.slots - 1);
  }

  #holds(slot: number, id: Uint8Array): boolean {
    const start = slot * idLength;
    for (let index = 0; index < idLength; index += 1) if (this.#ids[start + index] !== id[index]) return false;
    return true;
  }
}
