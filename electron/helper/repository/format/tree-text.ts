import type { BlobId } from '../../../../shared/domain/ids.ts';
import { misuse } from '../failures.ts';
import { encodeString, parseJson } from './json.ts';
import { quoteName } from './names.ts';
import { decodeNode, encodeNode, type TreeNode } from './node.ts';

const opening = '{"nodes":[';
const closing = ']}\n';
const nodeOpening = '{"name":';
/** Quotes within a string are escaped: this is in none. */
const between = `},${nodeOpening}"`;
/** The one field in which the same may occur. */
const attributes = '"extended_attributes":';

/**
 * A stored directory as it is written, node by node, to be stored again with a few nodes changed: the others are copied,
 * not decoded. Only of a blob that is known to be a whole tree: nothing but the outline is looked at here.
 */
export class TreeText {
  readonly id: BlobId;
  readonly #bytes: Buffer;
  /** The same, a character for each byte. */
  readonly #text: string;
  /** Where each node begins and ends, two numbers each. */
  readonly #bounds: readonly number[];
  #places: ReadonlyMap<string, number> | undefined;

  private constructor(id: BlobId, bytes: Buffer, text: string, bounds: readonly number[]) {
    this.id = id;
    this.#bytes = bytes;
    this.#text = text;
    this.#bounds = bounds;
  }

  /** Undefined for a tree that is written in another way than ours and restic's. */
  static of(id: BlobId, bytes: Buffer): TreeText | undefined {
    const text = bytes.toString('latin1');
    if (!text.startsWith(opening) || !text.endsWith(closing)) return undefined;
    const end = text.length - closing.length;
    if (end <= opening.length) return end === opening.length ? new TreeText(id, bytes, text, []) : undefined;
    if (!text.startsWith(`${nodeOpening}"`, opening.length) || text[end - 1] !== '}') return undefined;
    const bounds = text.includes(attributes) ? nestedBounds(text, end) : plainBounds(text, end);
    return bounds && new TreeText(id, bytes, text, bounds);
  }

  /** Number of nodes. */
  get size(): number {
    return this.#bounds.length / 2;
  }

  has(name: Uint8Array): boolean {
    return this.#byName.has(writtenName(name));
  }

  /** `repository-damaged` where it cannot be decoded. */
  node(name: Uint8Array): TreeNode | undefined {
    const at = this.#byName.get(writtenName(name));
    if (at === undefined) return undefined;
    return decodeNode(parseJson(this.#nodes(at, at + 1).toString('utf8'), 'A directory listing'));
  }

  /** The blob with other nodes in place of those of their names, and without what is `null`. Names stay what they are. */
  with(changes: ReadonlyMap<Uint8Array, TreeNode | null>): Buffer {
    const changed = new Map<number, TreeNode | null>();
    for (const [name, node] of changes) {
      const at = this.#byName.get(writtenName(name));
      if (at === undefined) throw misuse(`A tree has no entry named "${quoteName(name)}" that could be changed.`);
      if (node !== null && Buffer.compare(node.name, name) !== 0) throw misuse('A changed entry has another name.');
      changed.set(at, node);
    }
    const parts: Buffer[] = [];
    let copied = 0;
    for (const at of [...changed.keys()].sort((a, b) => a - b)) {
      if (at > copied) parts.push(this.#nodes(copied, at));
      copied = at + 1;
      const node = changed.get(at) ?? null;
      if (node !== null) parts.push(Buffer.from(encodeNode(node), 'utf8'));
    }
    if (this.size > copied) parts.push(this.#nodes(copied, this.size));
    return joined(parts);
  }

  /** Nodes from one to before another, with the commas between them. */
  #nodes(from: number, to: number): Buffer {
    return this.#bytes.subarray(this.#bounds[from * 2], this.#bounds[to * 2 - 1]);
  }

  /** Nodes by the bytes of their names as written, quotes included. */
  get #byName(): ReadonlyMap<string, number> {
    if (this.#places !== undefined) return this.#places;
    const places = new Map<string, number>();
    for (let at = 0; at < this.size; at += 1) {
      const nameAt = (this.#bounds[at * 2] ?? 0) + nodeOpening.length;
      places.set(this.#text.slice(nameAt, endOfString(this.#text, nameAt)), at);
    }
    this.#places = places;
    return places;
  }
}

function writtenName(name: Uint8Array): string {
  return Buffer.from(encodeString(quoteName(name)), 'utf8').toString('latin1');
}

function joined(parts: readonly Buffer[]): Buffer {
  const comma = Buffer.from(',');
  const between = parts.flatMap((part, at) => (at === 0 ? [part] : [comma, part]));
  return Buffer.concat([Buffer.from(opening), ...between, Buffer.from(closing)]);
}

function plainBounds(text: string, end: number): number[] {
  const bounds = [opening.length];
  for (let at = text.indexOf(between); at >= 0; at = text.indexOf(between, at + between.length))
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
