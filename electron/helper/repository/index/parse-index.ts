import { idLength, type PackId } from '../format/ids.ts';
import { emptyColumns, type ListedBlobs } from './listed-blobs.ts';

/** An index file in columns: the blobs of each pack lie from one place to before another. */
export interface ParsedIndex {
  readonly supersedes: readonly string[];
  readonly packs: readonly { readonly id: PackId; readonly from: number; readonly to: number }[];
  readonly blobs: ListedBlobs;
}

const text = (literal: string): Uint8Array => Buffer.from(literal, 'latin1');
const opening = text('{');
const supersedes = text('"supersedes":[');
const packsOpening = text('"packs":[');
const packOpening = text('{"id":"');
const blobsOpening = text('","blobs":[');
const blobType = text('","type":"');
const data = text('data","offset":');
const tree = text('tree","offset":');
const length = text(',"length":');
const plainLength = text(',"uncompressed_length":');
const ending = text(']}');

const quote = 0x22;
const comma = 0x2c;
const closingBracket = 0x5d;
const closingBrace = 0x7d;
const newline = 0x0a;
const maxUint32 = 0xffffffff;

/** The value of each hexadecimal digit as ids are written, and more than any value for every other byte. */
const digits = new Uint16Array(256).fill(0x100);
for (const [value, digit] of [...'0123456789abcdef'].entries()) digits[digit.charCodeAt(0)] = value;

/** No blob is listed in fewer bytes. */
const shortestBlob = '{"id":"","type":"data","offset":0,"length":0}'.length + idLength * 2;

/**
 * Reads an index file as restic and we write it, some twenty times as fast as one object for each blob would be. Pauses after
 * each pack. Undefined for anything that is written in another way, also where it is wrong: the general decoder says what.
 */
export function* parseIndex(
  file: Buffer,
  memory = new ColumnsMemory(),
): Generator<void, ParsedIndex | undefined, undefined> {
  const reader = new IndexReader(file, memory);
  if (!reader.takes(opening)) return undefined;
  const superseded = reader.supersedes();
  if (superseded === undefined || !reader.takes(packsOpening)) return undefined;
  const packs: { id: PackId; from: number; to: number }[] = [];
  while (!reader.isAt(closingBracket)) {
    if (packs.length > 0 && !reader.takesByte(comma)) return undefined;
    const pack = reader.pack();
    if (pack === undefined) return undefined;
    packs.push(pack);
    yield;
  }
  return reader.ends() ? { supersedes: superseded, packs, blobs: reader.blobs } : undefined;
}

/** Columns that are used again for one file after the other. */
export class ColumnsMemory {
  #columns = emptyColumns(0);

  take(blobs: number): ListedBlobs {
    if (this.#columns.isTree.length < blobs) this.#columns = emptyColumns(blobs);
    return this.#columns;
  }
}

class IndexReader {
  readonly #file: Buffer;
  readonly #ids: Uint8Array;
  readonly #isTree: Uint8Array;
  readonly #offsets: Uint32Array;
  readonly #lengths: Uint32Array;
  readonly #plainLengths: Uint32Array;
  #at = 0;
  #count = 0;

  constructor(file: Buffer, memory: ColumnsMemory) {
    const most = Math.floor(file.length / shortestBlob);
    this.#file = file;
    const { ids, isTree, offsets, lengths, plainLengths } = memory.take(most);
    this.#ids = ids;
    this.#isTree = isTree;
    this.#offsets = offsets;
    this.#lengths = lengths;
    this.#plainLengths = plainLengths;
  }

  get blobs(): ListedBlobs {
    return {
      ids: this.#ids.subarray(0, this.#count * idLength),
      isTree: this.#isTree.subarray(0, this.#count),
      offsets: this.#offsets.subarray(0, this.#count),
      lengths: this.#lengths.subarray(0, this.#count),
      plainLengths: this.#plainLengths.subarray(0, this.#count),
    };
  }

  isAt(byte: number): boolean {
    return this.#file[this.#at] === byte;
  }

  takesByte(byte: number): boolean {
    if (this.#file[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  takes(literal: Uint8Array): boolean {
    const at = this.#at;
    for (let index = 0; index < literal.length; index += 1) if (this.#file[at + index] !== literal[index]) return false;
    this.#at = at + literal.length;
    return true;
  }

  ends(): boolean {
    if (!this.takes(ending)) return false;
    this.takesByte(newline);
    return this.#at === this.#file.length;
  }

  supersedes(): string[] | undefined {
    const names: string[] = [];
    if (!this.takes(supersedes)) return names;
    while (!this.takesByte(closingBracket)) {
      if (names.length > 0 && !this.takesByte(comma)) return undefined;
      const name = this.takesByte(quote) ? this.#idText() : undefined;
      if (name === undefined || !this.takesByte(quote)) return undefined;
      names.push(name);
    }
    return this.takesByte(comma) ? names : undefined;
  }

  pack(): { id: PackId; from: number; to: number } | undefined {
    const id = this.takes(packOpening) ? this.#idText() : undefined;
    if (id === undefined || !this.takes(blobsOpening)) return undefined;
    const from = this.#count;
    while (!this.takesByte(closingBracket)) {
      if (this.#count > from && !this.takesByte(comma)) return undefined;
      if (!this.#blob()) return undefined;
    }
    return this.takesByte(closingBrace) ? { id: id as PackId, from, to: this.#count } : undefined;
  }

  #blob(): boolean {
    const entry = this.#count;
    if (entry >= this.#isTree.length || !this.takes(packOpening) || !this.#id(entry * idLength)) return false;
    if (!this.takes(blobType)) return false;
    const isData = this.takes(data);
    if (!isData && !this.takes(tree)) return false;
    const offset = this.#number();
    if (!this.takes(length)) return false;
    const stored = this.#number();
    const plain = this.takes(plainLength) ? this.#number() : 0;
    // Also where one of them is not a number.
    if (!(offset + stored <= maxUint32 && plain <= maxUint32)) return false;
    this.#isTree[entry] = isData ? 0 : 1;
    this.#offsets[entry] = offset;
    this.#lengths[entry] = stored;
    this.#plainLengths[entry] = plain;
    this.#count += 1;
    return this.takesByte(closingBrace);
  }

  /** Puts the id that is written here into the ids. */
  #id(into: number): boolean {
    const from = this.#at;
    if (from + idLength * 2 > this.#file.length) return false;
    let all = 0;
    for (let index = 0; index < idLength; index += 1) {
      const at = from + index * 2;
      const value = ((digits[this.#file[at] ?? 0] ?? 0) << 4) | (digits[this.#file[at + 1] ?? 0] ?? 0);
      all |= value;
      this.#ids[into + index] = value;
    }
    this.#at = from + idLength * 2;
    return all <= 0xff;
  }

  #idText(): string | undefined {
    const end = this.#at + idLength * 2;
    if (end > this.#file.length) return undefined;
    for (let at = this.#at; at < end; at += 1) if ((digits[this.#file[at] ?? 0] ?? 0) > 0xf) return undefined;
    const id = this.#file.toString('latin1', this.#at, end);
    this.#at = end;
    return id;
  }

  /** Not a number where none is written as JSON has it. */
  #number(): number {
    const from = this.#at;
    let at = from;
    let value = 0;
    for (let digit = (this.#file[at] ?? 0) - 0x30; digit >= 0 && digit <= 9; digit = (this.#file[at] ?? 0) - 0x30) {
      value = value * 10 + digit;
      at += 1;
    }
    this.#at = at;
    const isNumber = at > from && at - from <= 10 && (at === from + 1 || this.#file[from] !== 0x30);
    return isNumber ? value : Number.NaN;
  }
}
