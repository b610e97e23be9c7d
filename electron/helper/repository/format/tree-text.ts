import type { BlobId } from '../../../../shared/domain/ids.ts';
import { misuse } from '../failures.ts';
import { encodeString, parseJson } from './json.ts';
import { quoteName } from './names.ts';
import { decodeNode, encodeNode, type TreeNode } from './node.ts';

const opening = '{"nodes":[';
const closing = ']}\n';
const comma = 0x2c;
const nodeOpening = '{"name":';
/** Quotes within a string are escaped: this is in none. */
const between = Buffer.from(`},${nodeOpening}"`, 'latin1');
/** The one field in which the same may occur. */
const attributes = Buffer.from('"extended_attributes":', 'latin1');
const openingBytes = Buffer.from(opening, 'latin1');
const closingBytes = Buffer.from(closing, 'latin1');
const firstBytes = Buffer.from(`${nodeOpening}"`, 'latin1');
const closingBrace = 0x7d;

const typeField = Buffer.from(',"type":"', 'latin1');
const folderType = Buffer.from(',"type":"dir"', 'latin1');
const quote = 0x22;
const backslash = 0x5c;

/** Searches of one tree after which its names are put into a map. */
const fewSearches = 8;

/** A directory that was made of another: what is to be saved, and what can be changed again once its id is known. */
export interface ChangedTree {
  readonly bytes: Buffer;
  named(id: BlobId): TreeText;
}

/**
 * A stored directory as it is written, node by node, to be stored again with a few nodes changed: the others are copied,
 * not decoded. Only of a blob that is known to be a whole tree: nothing but the outline is looked at here.
 */
export class TreeText {
  readonly id: BlobId;
  readonly #bytes: Buffer;
  /** Where each node begins and ends, two numbers each. */
  readonly #bounds: readonly number[];
  #searches = 0;
  #places: ReadonlyMap<string, number> | undefined;

  private constructor(id: BlobId, bytes: Buffer, bounds: readonly number[]) {
    this.id = id;
    this.#bytes = bytes;
    this.#bounds = bounds;
  }

  /** Undefined for a tree that is written in another way than ours and restic's. */
  static of(id: BlobId, bytes: Buffer): TreeText | undefined {
    const bounds = boundsOf(bytes);
    return bounds && new TreeText(id, bytes, bounds);
  }

  /** Number of nodes. */
  get size(): number {
    return this.#bounds.length / 2;
  }

  /** Bytes it takes in memory, about. */
  get memory(): number {
    return this.#bytes.length + this.#bounds.length * 8;
  }

  has(name: Uint8Array): boolean {
    return this.#find(name) >= 0;
  }

  /** `repository-damaged` where it cannot be decoded. */
  node(name: Uint8Array): TreeNode | undefined {
    const at = this.#find(name);
    return at < 0 ? undefined : this.nodeAt(at);
  }

  /** The node at a place, from 0 to `size`. `repository-damaged` where it cannot be decoded. */
  nodeAt(at: number): TreeNode {
    return decodeNode(parseJson(this.#nodes(at, at + 1).toString('utf8'), 'A directory listing'));
  }

  /** Whether the node at a place says that it is a folder, without decoding it; undefined where it says so elsewhere. */
  isFolderAt(at: number): boolean | undefined {
    const end = endOfWritten(this.#bytes, (this.#bounds[at * 2] ?? 0) + nodeOpening.length);
    if (isAt(this.#bytes, end, folderType)) return true;
    return isAt(this.#bytes, end, typeField) ? false : undefined;
  }

  /** The blob with other nodes in place of those of their names, and without what is `null`. Names stay what they are. */
  with(changes: ReadonlyMap<Uint8Array, TreeNode | null>): ChangedTree {
    const changed: { readonly at: number; readonly node: TreeNode | null }[] = [];
    for (const [name, node] of changes) {
      const at = this.#find(name);
      if (at < 0) throw misuse(`A tree has no entry named "${quoteName(name)}" that could be changed.`);
      if (node !== null && Buffer.compare(node.name, name) !== 0) throw misuse('A changed entry has another name.');
      changed.push({ at, node });
    }
    const writing = new Writing();
    let copied = 0;
    for (const { at, node } of changed.sort((one, other) => one.at - other.at)) {
      this.#copyTo(writing, copied, at);
      copied = at + 1;
      if (node !== null) writing.add(Buffer.from(encodeNode(node), 'utf8'));
    }
    this.#copyTo(writing, copied, this.size);
    const bytes = writing.end();
    return { bytes, named: (id) => new TreeText(id, bytes, writing.bounds) };
  }

  #copyTo(writing: Writing, from: number, to: number): void {
    if (to > from) writing.add(this.#nodes(from, to), this.#bounds.slice(from * 2, to * 2));
  }

  /** Nodes from one to before another, with the commas between them. */
  #nodes(from: number, to: number): Buffer {
    return this.#bytes.subarray(this.#bounds[from * 2], this.#bounds[to * 2 - 1]);
  }

  /** The place of the node of that name, or -1. One after the other for a few names: a map costs more than it spares. */
  #find(name: Uint8Array): number {
    const written = writtenName(name);
    this.#searches += 1;
    if (this.#searches > fewSearches) this.#places ??= this.#byName();
    if (this.#places !== undefined) return this.#places.get(written.toString('latin1')) ?? -1;
    for (let at = 0; at < this.#bounds.length; at += 2)
      if (isAt(this.#bytes, (this.#bounds[at] ?? 0) + nodeOpening.length, written)) return at / 2;
    return -1;
  }

  /** Nodes by the bytes of their names as written, quotes included. */
  #byName(): ReadonlyMap<string, number> {
    const places = new Map<string, number>();
    for (let at = 0; at < this.size; at += 1) {
      const node = this.#nodes(at, at + 1).toString('latin1');
      places.set(node.slice(nodeOpening.length, endOfString(node, nodeOpening.length)), at);
    }
    return places;
  }
}

/** A directory as it is put together: nodes, or several with the commas between them. */
class Writing {
  readonly bounds: number[] = [];
  readonly #parts: Buffer[] = [];
  #length = opening.length;

  /** `bounds` of what is in the part, however they are counted there; else it is one node. */
  add(part: Buffer, bounds: readonly number[] = [0, part.length]): void {
    if (this.#parts.length > 0) this.#length += 1;
    const shift = this.#length - (bounds[0] ?? 0);
    for (const bound of bounds) this.bounds.push(bound + shift);
    this.#parts.push(part);
    this.#length += part.length;
  }

  /** Of memory of its own, since it may be kept for long. */
  end(): Buffer {
    const bytes = Buffer.allocUnsafeSlow(this.#length + closing.length);
    let at = bytes.write(opening, 'latin1');
    for (const [index, part] of this.#parts.entries()) {
      if (index > 0) at = bytes.writeUInt8(comma, at);
      at += part.copy(bytes, at);
    }
    bytes.write(closing, at, 'latin1');
    return bytes;
  }
}

/** After the closing quote of the string that begins here. */
function endOfWritten(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at + 1;
}

function isAt(bytes: Uint8Array, offset: number, wanted: Uint8Array): boolean {
  for (let at = 0; at < wanted.length; at += 1) if (bytes[offset + at] !== wanted[at]) return false;
  return true;
}

/** With both quotes: none other ends where it ends. */
function writtenName(name: Uint8Array): Buffer {
  return Buffer.from(encodeString(quoteName(name)), 'utf8');
}

/** Where nodes begin and end. */
function boundsOf(bytes: Buffer): readonly number[] | undefined {
  const end = bytes.length - closing.length;
  if (!isAt(bytes, 0, openingBytes) || end < opening.length || !isAt(bytes, end, closingBytes)) return undefined;
  if (end === opening.length) return [];
  if (!isAt(bytes, opening.length, firstBytes) || bytes[end - 1] !== closingBrace) return undefined;
  return bytes.includes(attributes) ? nestedBounds(bytes.toString('latin1'), end) : plainBounds(bytes, end);
}

function plainBounds(bytes: Buffer, end: number): number[] {
  const bounds = [opening.length];
  for (let at = bytes.indexOf(between); at >= 0; at = bytes.indexOf(between, at + between.length))
    bounds.push(at + 1, at + 2);
  bounds.push(end);
  return bounds;
}

/** The same by brackets; undefined where they do not fit. */
function nestedBounds(text: string, end: number): number[] | undefined {
  const bounds: number[] = [];
  for (let at = opening.length; at < end; at += 1) {
    if (!text.startsWith(nodeOpening, at)) return undefined;
    const nodeEnd = endOfObject(text, at);
    if (nodeEnd > end || (nodeEnd < end && text[nodeEnd] !== ',')) return undefined;
    bounds.push(at, nodeEnd);
    at = nodeEnd;
  }
  return bounds;
}

/** After the brace that closes the object which begins here. */
function endOfObject(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; ) {
    const char = text[at];
    at = char === '"' ? endOfString(text, at) : at + 1;
    if (char === '{') depth += 1;
    if (char === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}

/** After the closing quote of the string that begins here. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return at + 1;
  }
  return text.length;
}
