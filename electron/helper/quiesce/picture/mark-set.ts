import { grown, nextCapacity } from './columns.ts';

const marked = 1;
const listed = 2;

/** A set of ids: a byte for each id there is, four more for each that is in it. Adding and taking out cost no search. */
export class MarkSet {
  #bits = new Uint8Array(256);
  #list = new Int32Array(64);
  #length = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(id: number): boolean {
    return ((this.#bits[id] ?? 0) & marked) !== 0;
  }

  add(id: number): void {
    if (id >= this.#bits.length) this.#bits = grown(this.#bits, Math.max(id + 1, nextCapacity(this.#bits.length)));
    const bits = this.#bits[id] ?? 0;
    if ((bits & marked) !== 0) return;
    this.#size += 1;
    this.#bits[id] = marked | listed;
    if ((bits & listed) !== 0) return;
    if (this.#length === this.#list.length) this.#list = grown(this.#list, nextCapacity(this.#length));
    this.#list[this.#length] = id;
    this.#length += 1;
  }

  delete(id: number): boolean {
    const bits = this.#bits[id] ?? 0;
    if ((bits & marked) === 0) return false;
    this.#bits[id] = bits & ~marked;
    this.#size -= 1;
    return true;
  }

  clear(): void {
    for (let at = 0; at < this.#length; at += 1) this.#bits[this.#list[at] ?? 0] = 0;
    this.#length = 0;
    this.#size = 0;
    if (this.#list.length > 1024) this.#list = new Int32Array(64);
  }

  /** In the order in which they were added first. The set may lose ids meanwhile, and get none. */
  *[Symbol.iterator](): Generator<number, undefined> {
    if (this.#size === 0) {
      if (this.#length > 0) this.clear();
      return;
    }
    this.#forgetRemoved();
    for (let at = 0; at < this.#length; at += 1) {
      const id = this.#list[at] ?? 0;
      if (this.has(id)) yield id;
    }
  }

  #forgetRemoved(): void {
    let kept = 0;
    for (let at = 0; at < this.#length; at += 1) {
      const id = this.#list[at] ?? 0;
      if (this.has(id)) {
        this.#list[kept] = id;
        kept += 1;
      } else {
        this.#bits[id] = 0;
      }
    }
    this.#length = kept;
  }
}
