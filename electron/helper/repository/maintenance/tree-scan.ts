import { isUtf8 } from 'node:buffer';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { idLength } from '../format/ids.ts';
import { nodeTypes } from '../format/modes.ts';
import { unquoteName } from '../format/names.ts';
import { isFileName } from '../format/node.ts';

const idDigits = idLength * 2;
const quote = 0x22;
const backslash = 0x5c;
const dot = 0x2e;
const zero = 0x30;
const comma = 0x2c;
const closingBrace = 0x7d;
const newline = 0x0a;
const equalsSign = 0x3d;

const word = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const opening = word('{"nodes":[');
const closing = word(']}');
const nameField = word('{"name":"');
const typeField = word('","type":"');
const typeWords = nodeTypes.map((type) => ({ type, word: word(`${type}"`) }));
const modeField = word(',"mode":');
const timeFields = [word(',"mtime":"'), word('","atime":"'), word('","ctime":"')] as const;
const uidField = word('","uid":');
const gidField = word(',"gid":');
const ownerFields = [word(',"user":"'), word(',"group":"')] as const;
const numberFields = [word(',"inode":'), word(',"device_id":'), word(',"size":'), word(',"links":')] as const;
const targetField = word(',"linktarget":"');
const rawTargetField = word(',"linktarget_raw":"');
const attributesField = word(',"extended_attributes":[');
const attributeValue = word('","value":"');
const deviceField = word(',"device":');
const contentField = word(',"content":');
const nothing = word('null');
const ids = word('["');
const noIds = word('[]');
const nextId = word('","');
const lastId = word('"]');
const subtreeField = word(',"subtree":"');
const quotedEnd = word('"}');

const isHexDigit = new Uint8Array(256);
for (const digit of '0123456789abcdef') isHexDigit[digit.charCodeAt(0)] = 1;
const isBase64Digit = new Uint8Array(256);
for (const digit of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
  isBase64Digit[digit.charCodeAt(0)] = 1;

/** Of a leap year. */
const daysOfMonth = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const largestUint32 = 0xffffffff;
const uint32Digits = 10;
/** Each number of so many digits fits 64 bits. */
const uint64Digits = 19;

/** Of each node: where its name begins and ends, its first part among all parts, where its subtree is named, or 0. */
const numbersOfNode = 4;

/**
 * What a stored directory refers to, read off its bytes without making anything of its entries. It takes listings only that
 * are written as ours and restic's are, field by field, and holds of each field what `decodeTree` holds: whatever is taken
 * here would be taken there, and says the same. Of others it says no, and `decodeTree` is asked.
 *
 * One serves many listings; what it tells is of the last.
 */
export class TreeScan {
  #bytes: Uint8Array = new Uint8Array();
  #buffer: Buffer = Buffer.alloc(0);
  #at = 0;
  #nodes: Uint32Array = new Uint32Array(numbersOfNode * 256);
  #nodeCount = 0;
  /** Names that are not written as their bytes. */
  readonly #names = new Map<number, Buffer>();
  #parts: Uint32Array = new Uint32Array(256);
  #partCount = 0;

  /** Whether it was taken. */
  take(bytes: Buffer): boolean {
    this.#bytes = bytes;
    this.#buffer = bytes;
    this.#at = 0;
    this.#nodeCount = 0;
    this.#partCount = 0;
    this.#names.clear();
    // Text that is not UTF-8 is decoded to another: two names could become one.
    if (!this.#skip(opening) || !isUtf8(bytes)) return false;
    if (bytes[this.#at] !== closing[0]) {
      for (;;) {
        if (!this.#node()) return false;
        if (bytes[this.#at] !== comma) break;
        this.#at += 1;
      }
    }
    if (!this.#skip(closing)) return false;
    if (bytes[this.#at] === newline) this.#at += 1;
    return this.#at === bytes.length;
  }

  /** Number of nodes. */
  get size(): number {
    return this.#nodeCount;
  }

  /** The bytes of a node's name. */
  nameOf(node: number): Buffer {
    const at = node * numbersOfNode;
    return this.#names.get(node) ?? this.#buffer.subarray(this.#nodes[at], this.#nodes[at + 1]);
  }

  /** Of a folder. */
  subtreeOf(node: number): BlobId | undefined {
    const at = this.#nodes[node * numbersOfNode + 3] ?? 0;
    return at === 0 ? undefined : this.#idAt(at);
  }

  /** The first of a node's parts among those of all nodes; of the number of nodes: how many there are. */
  firstPartOf(node: number): number {
    return node < this.#nodeCount ? (this.#nodes[node * numbersOfNode + 2] ?? 0) : this.#partCount;
  }

  part(at: number): BlobId {
    return this.#idAt(this.#parts[at] ?? 0);
  }

  /** Lets go of the bytes. */
  clear(): void {
    this.#bytes = new Uint8Array();
    this.#buffer = Buffer.alloc(0);
    this.#names.clear();
  }

  #idAt(at: number): BlobId {
    return this.#buffer.toString('latin1', at, at + idDigits) as BlobId;
  }

  #node(): boolean {
    if (!this.#skip(nameField)) return false;
    const first = this.#nodeCount * numbersOfNode;
    if (first === this.#nodes.length) this.#nodes = twiceAsLong(this.#nodes);
    const nameAt = this.#at;
    if (!this.#name()) return false;
    this.#nodes[first] = nameAt;
    this.#nodes[first + 1] = this.#at;
    this.#nodes[first + 2] = this.#partCount;
    if (!this.#skip(typeField)) return false;
    const type = this.#type();
    if (type === undefined) return false;
    if (this.#skip(modeField) && !this.#uint32()) return false;
    for (const field of timeFields) if (!this.#skip(field) || !this.#time()) return false;
    if (!this.#skip(uidField) || !this.#uint32() || !this.#skip(gidField) || !this.#uint32()) return false;
    for (const field of ownerFields) if (this.#skip(field) && !(this.#text() && this.#pass(quote))) return false;
    for (const field of numberFields) if (this.#skip(field) && !this.#digits(uint64Digits)) return false;
    if (this.#skip(targetField) && !(this.#text() && this.#pass(quote))) return false;
    if (this.#skip(rawTargetField) && !(this.#base64() && this.#pass(quote))) return false;
    if (this.#skip(attributesField) && !this.#attributes()) return false;
    if (this.#skip(deviceField) && !this.#digits(uint64Digits)) return false;
    if (!this.#skip(contentField) || !this.#content(type === 'file')) return false;
    this.#nodeCount += 1;
    const subtreeAt = this.#at + subtreeField.length;
    this.#nodes[first + 3] = 0;
    if (type !== 'dir') return this.#pass(closingBrace);
    if (!this.#skip(subtreeField) || !this.#id()) return false;
    this.#nodes[first + 3] = subtreeAt;
    return this.#skip(quotedEnd);
  }

  #skip(expected: Uint8Array): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    for (let index = 0; index < expected.length; index += 1) if (bytes[at + index] !== expected[index]) return false;
    this.#at = at + expected.length;
    return true;
  }

  #pass(expected: number): boolean {
    if (this.#bytes[this.#at] !== expected) return false;
    this.#at += 1;
    return true;
  }

  /** To before the quote that ends it. */
  #text(): boolean {
    const from = this.#at;
    return this.#plainText() || (this.#bytes[this.#at] === backslash && this.#escapedText(from) !== undefined);
  }

  /** The same where nothing is escaped; else to the first byte that makes it something else. */
  #plainText(): boolean {
    const bytes = this.#bytes;
    let at = this.#at;
    for (; ; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === quote || byte === backslash || byte < 0x20) break;
    }
    this.#at = at;
    return bytes[at] === quote;
  }

  /** From its beginning, what it says; from the first backslash on is looked for its end. */
  #escapedText(from: number): string | undefined {
    const bytes = this.#bytes;
    let at = this.#at;
    while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
    this.#at = at;
    try {
      return JSON.parse(this.#buffer.toString('utf8', from - 1, at + 1)) as string;
    } catch {
      return undefined;
    }
  }

  /** Whether it can be that of a file, and comes after the last by its bytes: then none is there twice. */
  #name(): boolean {
    const from = this.#at;
    if (!this.#plainText()) return this.#bytes[this.#at] === backslash && this.#escapedName(from);
    return isFileName(this.#buffer.subarray(from, this.#at)) && this.#isAfterLast(from);
  }

  #escapedName(from: number): boolean {
    const text = this.#escapedText(from);
    const name = text === undefined ? undefined : unquoted(text);
    if (name === undefined || !isFileName(name)) return false;
    this.#names.set(this.#nodeCount, name);
    return this.#nodeCount === 0 || Buffer.compare(this.nameOf(this.#nodeCount - 1), name) < 0;
  }

  #isAfterLast(nameAt: number): boolean {
    if (this.#nodeCount === 0) return true;
    if (this.#names.has(this.#nodeCount - 1))
      return Buffer.compare(this.nameOf(this.#nodeCount - 1), this.#buffer.subarray(nameAt, this.#at)) < 0;
    const bytes = this.#bytes;
    const last = (this.#nodeCount - 1) * numbersOfNode;
    const lastEnd = this.#nodes[last + 1] ?? 0;
    let at = this.#nodes[last] ?? 0;
    let name = nameAt;
    for (; at < lastEnd && name < this.#at; at += 1, name += 1) {
      const difference = (bytes[name] ?? 0) - (bytes[at] ?? 0);
      if (difference !== 0) return difference > 0;
    }
    return at === lastEnd && name < this.#at;
  }

  #type(): string | undefined {
    for (const { type, word: expected } of typeWords) if (this.#skip(expected)) return type;
    return undefined;
  }

  #digits(most: number): boolean {
    const bytes = this.#bytes;
    const from = this.#at;
    let at = from;
    while (isDigit(bytes[at] ?? 0)) at += 1;
    this.#at = at;
    return at > from && at - from <= most && (bytes[from] !== zero || at === from + 1);
  }

  #uint32(): boolean {
    const from = this.#at;
    if (!this.#digits(uint32Digits)) return false;
    let value = 0;
    for (let at = from; at < this.#at; at += 1) value = value * 10 + (this.#bytes[at] ?? 0) - zero;
    return value <= largestUint32;
  }

  /** Year, month, day, hour, minute, second, a fraction, and how far from UTC. */
  #time(): boolean {
    const year = this.#number(4, 0x2d);
    const month = this.#number(2, 0x2d);
    const day = this.#number(2, 0x54);
    const hour = this.#number(2, 0x3a);
    const minute = this.#number(2, 0x3a);
    const second = this.#number(2);
    if (year < 0 || month < 1 || day < 1 || hour < 0 || minute < 0 || second < 0) return false;
    if (
      day > (daysOfMonth[month] ?? 0) ||
      (month === 2 && day === 29 && !isLeap(year)) ||
      hour > 23 ||
      minute > 59 ||
      second > 59
    )
      return false;
    const bytes = this.#bytes;
    if (bytes[this.#at] === dot) {
      const from = this.#at + 1;
      let at = from;
      while (isDigit(bytes[at] ?? 0)) at += 1;
      if (at === from) return false;
      this.#at = at;
    }
    const zone = bytes[this.#at];
    this.#at += 1;
    if (zone === 0x5a) return true;
    return (zone === 0x2b || zone === 0x2d) && this.#number(2, 0x3a) >= 0 && this.#number(2) >= 0;
  }

  /** So many digits, and what must follow; -1 where it is not that. */
  #number(digits: number, then?: number): number {
    let value = 0;
    for (let at = this.#at; at < this.#at + digits; at += 1) {
      const byte = this.#bytes[at] ?? 0;
      if (!isDigit(byte)) return -1;
      value = value * 10 + byte - zero;
    }
    this.#at += digits;
    return then === undefined || this.#pass(then) ? value : -1;
  }

  #base64(): boolean {
    const bytes = this.#bytes;
    const from = this.#at;
    let at = from;
    while (isBase64Digit[bytes[at] ?? 0] === 1) at += 1;
    for (let padding = 0; padding < 2 && bytes[at] === equalsSign; padding += 1) at += 1;
    this.#at = at;
    return (at - from) % 4 === 0;
  }

  #attributes(): boolean {
    for (;;) {
      if (!this.#skip(nameField) || !this.#text() || !this.#skip(attributeValue)) return false;
      if (!this.#base64() || !this.#skip(quotedEnd)) return false;
      if (this.#pass(comma)) continue;
      return this.#pass(0x5d);
    }
  }

  #content(isFile: boolean): boolean {
    if (this.#skip(nothing) || this.#skip(noIds)) return true;
    if (!isFile || !this.#skip(ids)) return false;
    do {
      if (this.#partCount === this.#parts.length) this.#parts = twiceAsLong(this.#parts);
      this.#parts[this.#partCount] = this.#at;
      this.#partCount += 1;
      if (!this.#id()) return false;
    } while (this.#skip(nextId));
    return this.#skip(lastId);
  }

  #id(): boolean {
    const bytes = this.#bytes;
    const end = this.#at + idDigits;
    for (let at = this.#at; at < end; at += 1) if (isHexDigit[bytes[at] ?? 0] !== 1) return false;
    this.#at = end;
    return true;
  }
}

function unquoted(text: string): Buffer | undefined {
  try {
    return unquoteName(text);
  } catch {
    return undefined;
  }
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= 0x39;
}

function twiceAsLong(numbers: Uint32Array): Uint32Array {
  const longer = new Uint32Array(numbers.length * 2);
  longer.set(numbers);
  return longer;
}
