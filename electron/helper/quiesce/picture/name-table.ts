import { grown, Ids, nextCapacity } from './columns.ts';

/** Names in directories: each a row with the directory it is in and the inode it leads to, its bytes beside the others. */
export class NameTable {
  readonly #ids = new Ids();
  #capacity = 1024;
  #start = new Uint32Array(this.#capacity);
  #length = new Uint16Array(this.#capacity);
  #bytes = Buffer.alloc(16_384);
  #end = 0;
  #unused = 0;
  /** The directory's inode. */
  parent = new Int32Array(this.#capacity);
  child = new Int32Array(this.#capacity);
  /** Names of one directory, in the order in which it was listed; -1 ends them. */
  next = new Int32Array(this.#capacity);
  previous = new Int32Array(this.#capacity);
  /** Which of two listings met it: the last one of its directory, or the one before. */
  listing = new Uint8Array(this.#capacity);
  /** Names of one inode; -1 ends them. */
  nextOfChild = new Int32Array(this.#capacity);
  previousOfChild = new Int32Array(this.#capacity);

  add(parent: number, child: number, name: Uint8Array): number {
    const id = this.#ids.take();
    if (id >= this.#capacity) this.#grow();
    if (this.#end + name.length > this.#bytes.length) this.#makeRoom(name.length);
    this.#start[id] = this.#end;
    this.#length[id] = name.length;
    this.#bytes.set(name, this.#end);
    this.#end += name.length;
    this.parent[id] = parent;
    this.child[id] = child;
    this.next[id] = -1;
    this.previous[id] = -1;
    this.nextOfChild[id] = -1;
    this.previousOfChild[id] = -1;
    return id;
  }

  delete(id: number): void {
    this.#unused += this.#length[id] ?? 0;
    this.#length[id] = 0;
    this.#ids.give(id);
  }

  lengthOf(id: number): number {
    return this.#length[id] ?? 0;
  }

  is(id: number, name: Uint8Array): boolean {
    const length = this.#length[id] ?? 0;
    if (length !== name.length) return false;
    const start = this.#start[id] ?? 0;
    for (let at = 0; at < length; at += 1) if (this.#bytes[start + at] !== name[at]) return false;
    return true;
  }

  /** The same for a name and for the row that has it. */
  hash(parent: number, name: Uint8Array): number {
    return hashOf(parent, name, 0, name.length);
  }

  hashOf(id: number): number {
    const start = this.#start[id] ?? 0;
    return hashOf(this.parent[id] ?? -1, this.#bytes, start, start + this.lengthOf(id));
  }

  /** A copy. */
  of(id: number): Buffer {
    const start = this.#start[id] ?? 0;
    return Buffer.from(this.#bytes.subarray(start, start + this.lengthOf(id)));
  }

  copy(id: number, into: Buffer, at: number): void {
    const start = this.#start[id] ?? 0;
    this.#bytes.copy(into, at, start, start + this.lengthOf(id));
  }

  /** Bytes of names that are gone are used again once they are a third. */
  #makeRoom(length: number): void {
    const used = this.#end - this.#unused;
    const isWorthIt = this.#unused * 3 > this.#end;
    const room = isWorthIt ? Math.max(used + length, this.#bytes.length) : this.#bytes.length + length;
    const before = this.#bytes;
    this.#bytes = Buffer.from(new ArrayBuffer(Math.max(Math.ceil(room * 1.25), 16_384)));
    if (!isWorthIt) {
      before.copy(this.#bytes, 0, 0, this.#end);
      return;
    }
    let end = 0;
    for (let id = 0; id < this.#ids.high; id += 1) {
      const bytes = this.lengthOf(id);
      if (bytes === 0) continue;
      const start = this.#start[id] ?? 0;
      before.copy(this.#bytes, end, start, start + bytes);
      this.#start[id] = end;
      end += bytes;
    }
    this.#end = end;
    this.#unused = 0;
  }

  #grow(): void {
    this.#capacity = nextCapacity(this.#capacity);
    this.#start = grown(this.#start, this.#capacity);
    this.#length = grown(this.#length, this.#capacity);
    this.parent = grown(this.parent, this.#capacity);
    this.child = grown(this.child, this.#capacity);
    this.next = grown(this.next, this.#capacity);
    this.previous = grown(this.previous, this.#capacity);
    this.listing = grown(this.listing, this.#capacity);
    this.nextOfChild = grown(this.nextOfChild, this.#capacity);
    this.previousOfChild = grown(this.previousOfChild, this.#capacity);
  }
}

/** FNV-1a. */
function hashOf(parent: number, bytes: Uint8Array, from: number, to: number): number {
  let hash = Math.imul(0x811c9dc5 ^ parent, 0x01000193);
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash >>> 0;
}
