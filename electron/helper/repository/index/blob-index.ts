import type { BlobType, PackedBlob } from '../format/blob.ts';
import { idLength, type PackId } from '../format/ids.ts';
import { columnsOf, type ListedBlobs } from './listed-blobs.ts';
import { PackOrder } from './pack-order.ts';

export interface BlobLocation {
  readonly pack: PackId;
  readonly offset: number;
  readonly length: number;
  readonly uncompressedLength: number;
}

const typeNumbers: Readonly<Record<BlobType, number>> = { data: 0, tree: 1 };
/** A slot holds the number of an entry and one, so that memory which is all zero is an empty table. */
const emptySlot = 0;
const initialCapacity = 1024;
const idWords = idLength / 4;

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
    const held = Atomics.load(slots, slot);
    if (held === emptySlot) return false;
    if (types[held - 1] === typeNumbers[type] && isAt(ids, (held - 1) * idLength, id)) return true;
  }
}

function isAt(ids: Uint8Array, start: number, id: Uint8Array): boolean {
  for (let index = 0; index < idLength; index += 1) if (ids[start + index] !== id[index]) return false;
  return true;
}

/**
 * Where every blob is, for millions of blobs: columns of numbers and an open hash table over the first bytes of the ids,
 * 49 bytes a blob and 6 to 12 for the table. One blob may be in several packs; all places are kept, the first added is
 * preferred. Memory that was made and not yet written to costs nothing: room is made generously.
 */
export class BlobIndex {
  #capacity = 0;
  #size = 0;
  #ids = new Int32Array(new SharedArrayBuffer(0));
  #types = new Uint8Array(new SharedArrayBuffer(0));
  #packs = new Uint32Array();
  #offsets = new Uint32Array();
  #lengths = new Uint32Array();
  #plainLengths = new Uint32Array();
  #slots = newSlots(initialCapacity);
  readonly #packIds: PackId[] = [];
  readonly #packNumbers = new Map<PackId, number>();
  readonly #wanted = Buffer.alloc(idLength);
  readonly #wantedWords = new Int32Array(this.#wanted.buffer, this.#wanted.byteOffset, idWords);

  /** Number of entries; a blob in two packs counts twice. */
  get size(): number {
    return this.#size;
  }

  get packCount(): number {
    return this.#packIds.length;
  }

  /** Bytes of the columns and of the table, as far as they are in use. */
  get memory(): number {
    return this.#size * (idLength + 1 + 4 * Uint32Array.BYTES_PER_ELEMENT) + this.#slots.byteLength;
  }

  /** For other threads. */
  get columns(): IndexColumns {
    return { ids: new Uint8Array(this.#ids.buffer), types: this.#types, slots: this.#slots };
  }

  /** Makes room for about so many entries in all: spares moving what is there later. */
  reserve(entries: number): void {
    if (entries > this.#capacity * 1.25) this.#grow(entries);
  }

  /** The same entry again (two index files that overlap) is ignored. */
  add(pack: PackId, blobs: readonly PackedBlob[]): void {
    this.addListed(pack, columnsOf(blobs), 0, blobs.length);
  }

  /** Those of `blobs` from one to before another. */
  addListed(pack: PackId, blobs: ListedBlobs, from: number, to: number): void {
    const packNumber = this.#numberOf(pack);
    if (this.#size + to - from > this.#capacity) this.#grow(Math.max(this.#capacity * 1.5, this.#size + to - from));
    const { ids, isTree, offsets, lengths, plainLengths } = blobs;
    for (let at = from; at < to; at += 1) {
      for (let index = 0, byte = at * idLength; index < idLength; index += 1, byte += 1)
        this.#wanted[index] = ids[byte] ?? 0;
      this.#insert(packNumber, isTree[at] ?? 0, offsets[at] ?? 0, lengths[at] ?? 0, plainLengths[at] ?? 0);
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
    this.eachEntryOf(type, id, (entry) => places.push(this.#locationOf(entry)));
    return places;
  }

  /** The number of the blob's preferred entry, from 0 to `size`, for callers that keep a mark per blob; -1 if unknown. */
  entryOf(type: BlobType, id: string): number {
    const number = typeNumbers[type];
    this.#wanted.write(id, 'hex');
    for (let slot = this.#firstSlot(number); ; slot = this.#after(slot)) {
      const entry = (this.#slots[slot] ?? emptySlot) - 1;
      if (entry < 0 || this.#holdsWanted(entry, number)) return entry;
    }
  }

  /** The numbers of all entries of the blob, one for each of its copies. How many there are. */
  eachEntryOf(type: BlobType, id: string, visit: (entry: number) => void): number {
    const number = typeNumbers[type];
    this.#wanted.write(id, 'hex');
    let found = 0;
    for (let slot = this.#firstSlot(number); ; slot = this.#after(slot)) {
      const entry = (this.#slots[slot] ?? emptySlot) - 1;
      if (entry < 0) return found;
      if (!this.#holdsWanted(entry, number)) continue;
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

  /** By the numbers of the packs: how many entries each has, how many of them compressed, their lengths together. */
  packSums(): { readonly blobs: Uint32Array; readonly compressed: Uint32Array; readonly lengths: Float64Array } {
    const blobs = new Uint32Array(this.packCount);
    const compressed = new Uint32Array(this.packCount);
    const lengths = new Float64Array(this.packCount);
    for (let entry = 0; entry < this.#size; entry += 1) {
      const pack = this.#packs[entry] ?? 0;
      blobs[pack] = (blobs[pack] ?? 0) + 1;
      if ((this.#plainLengths[entry] ?? 0) > 0) compressed[pack] = (compressed[pack] ?? 0) + 1;
      lengths[pack] = (lengths[pack] ?? 0) + (this.#lengths[entry] ?? 0);
    }
    return { blobs, compressed, lengths };
  }

  /** The blobs of each pack in columns, by ascending offset: of what is there now. Four bytes a blob while it is kept. */
  columnsByPack(): { blobsOf(pack: PackId): ListedBlobs } {
    const order = this.#order();
    return {
      blobsOf: (pack) => {
        const entries = order.entriesOf(this.#packNumbers.get(pack) ?? -1);
        const ids = new Int32Array(entries.length * idWords);
        for (const [at, entry] of entries.entries())
          for (let word = 0; word < idWords; word += 1)
            ids[at * idWords + word] = this.#ids[entry * idWords + word] ?? 0;
        return {
          ids: new Uint8Array(ids.buffer),
          isTree: Uint8Array.from(entries, (entry) => this.#types[entry] ?? 0),
          offsets: entries.map((entry) => this.#offsets[entry] ?? 0),
          lengths: entries.map((entry) => this.#lengths[entry] ?? 0),
          plainLengths: entries.map((entry) => this.#plainLengths[entry] ?? 0),
        };
      },
    };
  }

  /** Every pack with its blobs by ascending offset. */
  *packs(): Generator<{ id: PackId; blobs: PackedBlob[] }, void, undefined> {
    const order = this.#order();
    for (const [number, id] of this.#packIds.entries())
      yield { id, blobs: Array.from(order.entriesOf(number), (entry) => this.#blobOf(entry)) };
  }

  #order(): PackOrder {
    return new PackOrder(this.#packs.subarray(0, this.#size), this.#offsets, this.packCount);
  }

  /** Of the blob whose id is wanted. */
  #insert(packNumber: number, type: number, offset: number, length: number, plainLength: number): void {
    let slot = this.#firstSlot(type);
    for (; this.#slots[slot] !== emptySlot; slot = this.#after(slot)) {
      const entry = (this.#slots[slot] ?? emptySlot) - 1;
      const sameEntry = this.#packs[entry] === packNumber && this.#offsets[entry] === offset;
      if (sameEntry && this.#holdsWanted(entry, type)) return;
    }
    const entry = this.#size;
    for (let word = 0; word < idWords; word += 1) this.#ids[entry * idWords + word] = this.#wantedWords[word] ?? 0;
    this.#types[entry] = type;
    this.#packs[entry] = packNumber;
    this.#offsets[entry] = offset;
    this.#lengths[entry] = length;
    this.#plainLengths[entry] = plainLength;
    // Last, and in order: whoever finds the entry in another thread finds its id.
    Atomics.store(this.#slots, slot, entry + 1);
    this.#size += 1;
  }

  #numberOf(pack: PackId): number {
    const known = this.#packNumbers.get(pack);
    if (known !== undefined) return known;
    const number = this.#packIds.push(pack) - 1;
    this.#packNumbers.set(pack, number);
    return number;
  }

  /** Of the wanted id. Ids are hashes: their first bytes are spread evenly already. */
  #firstSlot(type: number): number {
    return (((this.#wantedWords[0] ?? 0) >>> 0) + type) & (this.#slots.length - 1);
  }

  #after(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }

  #holdsWanted(entry: number, type: number): boolean {
    const start = entry * idWords;
    for (let word = 0; word < idWords; word += 1) if (this.#ids[start + word] !== this.#wantedWords[word]) return false;
    return this.#types[entry] === type;
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
    const id = Buffer.from(this.#ids.buffer, entry * idLength, idLength).toString('hex');
    return { type: this.#types[entry] === typeNumbers.tree ? 'tree' : 'data', id, offset, length, uncompressedLength };
  }

  #grow(entries: number): void {
    this.#capacity = Math.max(initialCapacity, Math.ceil(entries));
    const ids = new Int32Array(new SharedArrayBuffer(this.#capacity * idLength));
    ids.set(this.#ids.subarray(0, this.#size * idWords));
    this.#ids = ids;
    this.#types = resized(this.#types, new Uint8Array(new SharedArrayBuffer(this.#capacity)));
    this.#packs = resized(this.#packs, new Uint32Array(this.#capacity));
    this.#offsets = resized(this.#offsets, new Uint32Array(this.#capacity));
    this.#lengths = resized(this.#lengths, new Uint32Array(this.#capacity));
    this.#plainLengths = resized(this.#plainLengths, new Uint32Array(this.#capacity));
    const slots = newSlots(this.#capacity);
    if (slots.length === this.#slots.length) return;
    this.#slots = slots;
    for (let entry = 0; entry < this.#size; entry += 1) {
      let slot = (((ids[entry * idWords] ?? 0) >>> 0) + (this.#types[entry] ?? 0)) & (slots.length - 1);
      while (slots[slot] !== emptySlot) slot = this.#after(slot);
      slots[slot] = entry + 1;
    }
  }
}

/** A power of two, at most two thirds of which are ever taken. */
function newSlots(capacity: number): Int32Array<SharedArrayBuffer> {
  const count = 2 ** Math.ceil(Math.log2(capacity * 1.5));
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
}

function resized<Column extends Uint8Array | Uint32Array>(old: Column, next: Column): Column {
  next.set(old);
  return next;
}
