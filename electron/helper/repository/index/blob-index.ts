import type { BlobType, PackedBlob } from '../format/blob.ts';
import { idLength, type PackId } from '../format/ids.ts';

export interface BlobLocation {
  readonly pack: PackId;
  readonly offset: number;
  readonly length: number;
  readonly uncompressedLength: number;
}

const typeNumbers: Readonly<Record<BlobType, number>> = { data: 0, tree: 1 };
const emptySlot = -1;
const initialCapacity = 1024;

/** What other threads need to know whether a blob is listed. They see what was added before they got it, and perhaps more. */
export interface IndexColumns {
  readonly ids: Uint8Array;
  readonly types: Uint8Array;
  readonly slots: Int32Array;
}

/** Whether the index has the blob; `id` as bytes. */
export function isListed({ ids, types, slots }: IndexColumns, type: BlobType, id: Uint8Array): boolean {
  const first = (id[0] ?? 0) | ((id[1] ?? 0) << 8) | ((id[2] ?? 0) << 16) | ((id[3] ?? 0) << 24);
  for (let slot = ((first >>> 0) + typeNumbers[type]) & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
    const entry = Atomics.load(slots, slot);
    if (entry === emptySlot) return false;
    if (types[entry] === typeNumbers[type] && isAt(ids, entry * idLength, id)) return true;
  }
}

function isAt(ids: Uint8Array, start: number, id: Uint8Array): boolean {
  for (let index = 0; index < idLength; index += 1) if (ids[start + index] !== id[index]) return false;
  return true;
}

/**
 * Where every blob is, for millions of blobs: columns of numbers and an open hash table over the first bytes of the ids,
 * about 60 bytes a blob. One blob may be in several packs; all places are kept, the first added is preferred.
 */
export class BlobIndex {
  #capacity = initialCapacity;
  #size = 0;
  #ids = new Uint8Array(new SharedArrayBuffer(initialCapacity * idLength));
  #types = new Uint8Array(new SharedArrayBuffer(initialCapacity));
  #packs = new Uint32Array(initialCapacity);
  #offsets = new Uint32Array(initialCapacity);
  #lengths = new Uint32Array(initialCapacity);
  #plainLengths = new Uint32Array(initialCapacity);
  #slots = newSlots(initialCapacity);
  readonly #packIds: PackId[] = [];
  readonly #packNumbers = new Map<PackId, number>();
  readonly #wanted = Buffer.alloc(idLength);

  /** Number of entries; a blob in two packs counts twice. */
  get size(): number {
    return this.#size;
  }

  get packCount(): number {
    return this.#packIds.length;
  }

  /** For other threads. */
  get columns(): IndexColumns {
    return { ids: this.#ids, types: this.#types, slots: this.#slots };
  }

  /** The same entry again (two index files that overlap) is ignored. */
  add(pack: PackId, blobs: readonly PackedBlob[]): void {
    const packNumber = this.#numberOf(pack);
    for (const blob of blobs) {
      if (this.#size === this.#capacity) this.#grow();
      this.#insert(packNumber, blob);
    }
  }

  has(type: BlobType, id: string): boolean {
    return this.entryOf(type, id) >= 0;
  }

  find(type: BlobType, id: string): BlobLocation | undefined {
    const entry = this.entryOf(type, id);
    return entry < 0 ? undefined : this.#locationOf(entry);
  }

  /** Every place of the blob, preferred first. */
  findAll(type: BlobType, id: string): BlobLocation[] {
    const places: BlobLocation[] = [];
    for (let slot = this.#firstSlot(type, id); ; slot = this.#after(slot)) {
      const entry = this.#slots[slot] ?? emptySlot;
      if (entry === emptySlot) return places;
      if (this.#holdsWanted(entry, type)) places.push(this.#locationOf(entry));
    }
  }

  /** The number of the blob's preferred entry, from 0 to `size`, for callers that keep a mark per blob; -1 if unknown. */
  entryOf(type: BlobType, id: string): number {
    for (let slot = this.#firstSlot(type, id); ; slot = this.#after(slot)) {
      const entry = this.#slots[slot] ?? emptySlot;
      if (entry === emptySlot || this.#holdsWanted(entry, type)) return entry;
    }
  }

  /** The numbers of all entries of the blob, one for each of its copies. How many there are. */
  eachEntryOf(type: BlobType, id: string, visit: (entry: number) => void): number {
    let found = 0;
    for (let slot = this.#firstSlot(type, id); ; slot = this.#after(slot)) {
      const entry = this.#slots[slot] ?? emptySlot;
      if (entry === emptySlot) return found;
      if (!this.#holdsWanted(entry, type)) continue;
      found += 1;
      visit(entry);
    }
  }

  /** Every entry with the number of its pack, from 0 to `packCount`, and its length in the pack. */
  eachEntry(visit: (entry: number, pack: number, length: number) => void): void {
    for (let entry = 0; entry < this.#size; entry += 1)
      visit(entry, this.#packs[entry] ?? 0, this.#lengths[entry] ?? 0);
  }

  /** The blob of an entry, where it is in its pack, for callers that go by the numbers of entries. */
  blobAt(entry: number): PackedBlob {
    return this.#blobOf(entry);
  }

  /** Number of the pack of an entry, as `eachEntry` tells. */
  packOf(entry: number): number {
    return this.#packs[entry] ?? 0;
  }

  /** Every pack, in the order of the numbers that `eachEntry` tells. */
  get packIds(): readonly PackId[] {
    return this.#packIds;
  }

  hasPack(pack: PackId): boolean {
    return this.#packNumbers.has(pack);
  }

  /** Every pack with its blobs by ascending offset. */
  *packs(): Generator<{ id: PackId; blobs: PackedBlob[] }, void, undefined> {
    const order = Uint32Array.from({ length: this.#size }, (_, entry) => entry);
    order.sort(
      (one, other) =>
        (this.#packs[one] ?? 0) - (this.#packs[other] ?? 0) || (this.#offsets[one] ?? 0) - (this.#offsets[other] ?? 0),
    );
    let at = 0;
    for (const [number, id] of this.#packIds.entries()) {
      const blobs: PackedBlob[] = [];
      for (; at < this.#size && this.#packs[order[at] ?? 0] === number; at += 1)
        blobs.push(this.#blobOf(order[at] ?? 0));
      yield { id, blobs };
    }
  }

  #insert(packNumber: number, blob: PackedBlob): void {
    let slot = this.#firstSlot(blob.type, blob.id);
    for (; this.#slots[slot] !== emptySlot; slot = this.#after(slot)) {
      const entry = this.#slots[slot] ?? emptySlot;
      const sameEntry = this.#packs[entry] === packNumber && this.#offsets[entry] === blob.offset;
      if (sameEntry && this.#holdsWanted(entry, blob.type)) return;
    }
    const entry = this.#size;
    this.#ids.set(this.#wanted, entry * idLength);
    this.#types[entry] = typeNumbers[blob.type];
    this.#packs[entry] = packNumber;
    this.#offsets[entry] = blob.offset;
    this.#lengths[entry] = blob.length;
    this.#plainLengths[entry] = blob.uncompressedLength;
    // Last, and in order: whoever finds the entry in another thread finds its id.
    Atomics.store(this.#slots, slot, entry);
    this.#size += 1;
  }

  #numberOf(pack: PackId): number {
    const known = this.#packNumbers.get(pack);
    if (known !== undefined) return known;
    const number = this.#packIds.push(pack) - 1;
    this.#packNumbers.set(pack, number);
    return number;
  }

  /** Also makes `id` the wanted one. Ids are hashes: their first bytes are spread evenly already. */
  #firstSlot(type: BlobType, id: string): number {
    this.#wanted.write(id, 'hex');
    return (this.#wanted.readUInt32LE(0) + typeNumbers[type]) & (this.#slots.length - 1);
  }

  #after(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }

  #holdsWanted(entry: number, type: BlobType): boolean {
    if (this.#types[entry] !== typeNumbers[type]) return false;
    const start = entry * idLength;
    for (let index = 0; index < idLength; index += 1) {
      if (this.#ids[start + index] !== this.#wanted[index]) return false;
    }
    return true;
  }

  #locationOf(entry: number): BlobLocation {
    return {
      pack: this.#packIds[this.#packs[entry] ?? 0] as PackId,
      offset: this.#offsets[entry] ?? 0,
      length: this.#lengths[entry] ?? 0,
      uncompressedLength: this.#plainLengths[entry] ?? 0,
    };
  }

  #blobOf(entry: number): PackedBlob {
    const { offset, length, uncompressedLength } = this.#locationOf(entry);
    const start = entry * idLength;
    const id = Buffer.from(this.#ids.buffer, start, idLength).toString('hex');
    return { type: this.#types[entry] === typeNumbers.tree ? 'tree' : 'data', id, offset, length, uncompressedLength };
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#ids = resized(this.#ids, new Uint8Array(new SharedArrayBuffer(this.#capacity * idLength)));
    this.#types = resized(this.#types, new Uint8Array(new SharedArrayBuffer(this.#capacity)));
    this.#packs = resized(this.#packs, new Uint32Array(this.#capacity));
    this.#offsets = resized(this.#offsets, new Uint32Array(this.#capacity));
    this.#lengths = resized(this.#lengths, new Uint32Array(this.#capacity));
    this.#plainLengths = resized(this.#plainLengths, new Uint32Array(this.#capacity));
    this.#slots = newSlots(this.#capacity);
    const words = new DataView(this.#ids.buffer);
    for (let entry = 0; entry < this.#size; entry += 1) {
      let slot = (words.getUint32(entry * idLength, true) + (this.#types[entry] ?? 0)) & (this.#slots.length - 1);
      while (this.#slots[slot] !== emptySlot) slot = this.#after(slot);
      this.#slots[slot] = entry;
    }
  }
}

function newSlots(capacity: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(capacity * 2 * Int32Array.BYTES_PER_ELEMENT)).fill(emptySlot);
}

function resized<Column extends Uint8Array | Uint32Array>(old: Column, next: Column): Column {
  next.set(old);
  return next;
}
