import type { BlobId } from '../../../../shared/domain/ids.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import { Breather } from '../breather.ts';
import { asObject, listField, parseObject } from '../format/fields.ts';
import { encodeJson, type JsonObject } from '../format/json.ts';
import { quoteName } from '../format/names.ts';
import { decodeNode, type TreeNode } from '../format/node.ts';
import { damagedName } from './damaged-names.ts';

/** What becomes of what is not whole: kept under a name that says so, or left out. */
export type DamagedParts = 'rename' | 'leave-out';

export interface TreeLoss {
  /** From the folder down, quoted names, beginning with `/`. */
  readonly path: string;
  /**
   * `file-parts`: what is left of the file stays, under `becomes`. `file`: nothing of it is left. `folder`: what was in it is
   * not known any more.
   */
  readonly what: 'file-parts' | 'file' | 'folder';
  /** The name it has now; null: it is left out. */
  readonly becomes: string | null;
  /** Bytes of content that are gone, as far as that is known. */
  readonly bytes: number;
}

export interface Rewritten {
  /** Null: the listing itself is gone. */
  readonly tree: BlobId | null;
  readonly losses: readonly TreeLoss[];
  readonly total: number;
}

export interface TreeSource {
  /** Whether the tree and everything below it is there. */
  readonly hasSubtree: (id: BlobId) => Promise<boolean>;
  /** Whether an index lists the tree. */
  readonly isListed: (id: BlobId) => boolean;
  /** `repository-damaged` when it is nowhere whole. */
  readonly loadTree: (id: BlobId) => Promise<Buffer>;
  /** Length of the content of a data blob; undefined when it is nowhere. */
  readonly blobLength: (id: BlobId) => number | undefined;
  /** Stores a directory, or says what its id would be. */
  readonly save: (bytes: Buffer) => Promise<BlobId>;
  readonly signal: AbortSignal | undefined;
}

/** Kept for each folder; the total counts all. */
const maxKept = 1000;

/** Writes trees again without what is gone, each damaged one once. What is whole stays the very same blob. */
export class TreeRewriter {
  /** Listed, and not read all the same: perhaps only for now. */
  readonly unread: BlobId[] = [];
  readonly #source: TreeSource;
  readonly #parts: DamagedParts;
  readonly #known = new Map<BlobId, Rewritten>();
  readonly #breather = new Breather();

  constructor(source: TreeSource, parts: DamagedParts) {
    this.#source = source;
    this.#parts = parts;
  }

  /** `NotUnderstood` where a directory is whole and says something that is not known here: it is not to be touched. */
  async rewrite(id: BlobId): Promise<Rewritten> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    await this.#breather.breathe(this.#source.signal);
    if (await this.#source.hasSubtree(id)) return { tree: id, losses: [], total: 0 };
    const bytes = await this.#load(id);
    const rewritten = bytes === undefined ? { tree: null, losses: [], total: 0 } : await this.#rewriteText(id, bytes);
    this.#known.set(id, rewritten);
    return rewritten;
  }

  async #load(id: BlobId): Promise<Buffer | undefined> {
    try {
      return await this.#source.loadTree(id);
    } catch (error) {
      if (!isStillpointError(error, 'repository-damaged')) throw error;
      if (this.#source.isListed(id)) this.unread.push(id);
      return undefined;
    }
  }

  async #rewriteText(id: BlobId, bytes: Buffer): Promise<Rewritten> {
    const { object, entries } = understood(bytes);
    const taken = new Set(entries.map(({ node }) => node.name.toString('latin1')));
    const staying: { readonly name: Buffer; readonly json: JsonObject }[] = [];
    const losses: TreeLoss[] = [];
    let total = 0;
    const lose = (loss: TreeLoss): void => {
      total += 1;
      if (losses.length < maxKept) losses.push(loss);
    };
    let isChanged = false;
    for (const { node, json } of entries) {
      const path = `/${quoteName(node.name)}`;
      if (node.content !== undefined) {
        const { kept, length } = this.#partsOf(node);
        if (kept.length === node.content.length) {
          staying.push({ name: node.name, json });
          continue;
        }
        isChanged = true;
        const renamed = this.#parts === 'rename' && kept.length > 0 ? damagedName(node.name, taken) : null;
        if (renamed !== null) {
          taken.add(renamed.toString('latin1'));
          staying.push({ name: renamed, json: { ...json, name: quoteName(renamed), size: length, content: kept } });
        }
        const gone = Math.max(0, Number(node.size) - (renamed === null ? 0 : length));
        lose({ path, what: renamed ? 'file-parts' : 'file', becomes: renamed && quoteName(renamed), bytes: gone });
        continue;
      }
      if (node.subtree === undefined) {
        staying.push({ name: node.name, json });
        continue;
      }
      const below = await this.rewrite(node.subtree);
      if (below.tree !== null) {
        isChanged ||= below.tree !== node.subtree;
        staying.push({ name: node.name, json: { ...json, subtree: below.tree } });
        total += below.total;
        for (const loss of below.losses.slice(0, maxKept - losses.length))
          losses.push({ ...loss, path: `${path}${loss.path}` });
        continue;
      }
      isChanged = true;
      const renamed = this.#parts === 'rename' ? damagedName(node.name, taken) : null;
      if (renamed !== null) {
        taken.add(renamed.toString('latin1'));
        const subtree = await this.#source.save(encode({ nodes: [] }));
        staying.push({ name: renamed, json: { ...json, name: quoteName(renamed), subtree } });
      }
      lose({ path, what: 'folder', becomes: renamed && quoteName(renamed), bytes: 0 });
    }
    if (!isChanged) return { tree: id, losses, total };
    staying.sort((one, other) => Buffer.compare(one.name, other.name));
    const tree = await this.#source.save(encode({ ...object, nodes: staying.map(({ json }) => json) }));
    return { tree, losses, total };
  }

  #partsOf({ content = [] }: TreeNode): { readonly kept: readonly BlobId[]; readonly length: number } {
    const kept: BlobId[] = [];
    let length = 0;
    for (const blob of content) {
      const bytes = this.#source.blobLength(blob);
      if (bytes === undefined) continue;
      kept.push(blob);
      length += bytes;
    }
    return { kept, length };
  }
}

interface Entry {
  readonly node: TreeNode;
  readonly json: JsonObject;
}

/** The listing decoded and as it is written. Its bytes have the right hash: what is not understood is not damage. */
function understood(bytes: Buffer): { readonly object: JsonObject; readonly entries: readonly Entry[] } {
  const where = 'A directory listing';
  try {
    const object = parseObject(bytes.toString('utf8'), where);
    const entries = listField(object, 'nodes', where).map((json) => ({
      node: decodeNode(json),
      json: asObject(json, where),
    }));
    return { object, entries };
  } catch (error) {
    if (!isStillpointError(error, 'repository-damaged')) throw error;
    throw new NotUnderstood(error.message);
  }
}

function encode(tree: JsonObject): Buffer {
  return Buffer.from(`${encodeJson(tree)}\n`, 'utf8');
}

/** A tree that is whole, and not as this version knows trees. */
export class NotUnderstood extends Error {}
