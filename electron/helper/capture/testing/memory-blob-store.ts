import { createHash } from 'node:crypto';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { decodeTree, encodeTree } from '../../repository/format/tree.ts';
import { type TreeNode, TreeText } from '../../repository/index.ts';
import type { BlobStore, Chunker, SavedBlob } from '../contract.ts';

/** A blob store in a map, cutting at a fixed length. Keeps copies, as a repository does. */
export class MemoryBlobStore implements BlobStore {
  readonly data = new Map<BlobId, Buffer>();
  readonly trees = new Map<BlobId, Buffer>();
  /** Lengths of every call, known blobs included: what hashing had to look at. */
  readonly saved: number[] = [];
  /** Number of blobs of data at each `settle`. */
  readonly settled: number[] = [];
  /** Replace to make saving fail or wait. */
  beforeSave: () => Promise<void> = async () => {};
  readonly #chunkLength: number;

  constructor(chunkLength = 1024 * 1024) {
    this.#chunkLength = chunkLength;
  }

  async saveData(bytes: Uint8Array): Promise<SavedBlob> {
    this.saved.push(bytes.length);
    const saved = put(this.data, Buffer.from(bytes));
    await this.beforeSave();
    return saved;
  }

  async saveTree(nodes: readonly TreeNode[]): Promise<SavedBlob> {
    this.#check(nodes);
    return put(this.trees, encodeTree(nodes));
  }

  async openTree(id: BlobId): Promise<TreeText | undefined> {
    return TreeText.of(id, stored(this.trees, id));
  }

  async saveChangedTree(before: TreeText, changes: ReadonlyMap<Uint8Array, TreeNode | null>): Promise<SavedBlob> {
    if (!(await this.hasSubtree(before.id))) throw new Error('what is copied from is not whole');
    this.#check([...changes.values()].flatMap((node) => node ?? []));
    return put(this.trees, before.with(changes).bytes);
  }

  #check(nodes: readonly TreeNode[]): void {
    for (const { content, subtree } of nodes) {
      const missing = content?.find((id) => !this.data.has(id)) ?? (subtree && !this.trees.has(subtree) && subtree);
      if (missing) throw new Error(`a node refers to ${missing}, which was not stored`);
    }
  }

  dataLength(id: BlobId): number | null {
    return this.data.get(id)?.length ?? null;
  }

  async loadData(id: BlobId): Promise<Uint8Array> {
    return stored(this.data, id);
  }

  async loadTree(id: BlobId): Promise<readonly TreeNode[]> {
    return decodeTree(stored(this.trees, id)).nodes;
  }

  async hasSubtree(id: BlobId): Promise<boolean> {
    if (!this.trees.has(id)) return false;
    for (const { content, subtree } of await this.loadTree(id)) {
      if (content?.some((blob) => !this.data.has(blob))) return false;
      if (subtree && !(await this.hasSubtree(subtree))) return false;
    }
    return true;
  }

  async settle(): Promise<void> {
    this.settled.push(this.data.size);
  }

  newChunker(): Chunker {
    return new FixedChunker(this.#chunkLength);
  }

  /** The node at a path of plain names, undefined when there is none. */
  async find(root: BlobId, path: string): Promise<TreeNode | undefined> {
    let node: TreeNode | undefined;
    let tree: BlobId | undefined = root;
    for (const name of path.split('/').filter((part) => part.length > 0)) {
      if (!tree) return undefined;
      node = (await this.loadTree(tree)).find((candidate) => candidate.name.equals(Buffer.from(name)));
      tree = node?.subtree;
    }
    return node;
  }

  content(node: TreeNode | undefined): Buffer {
    return Buffer.concat((node?.content ?? []).map((id) => stored(this.data, id)));
  }
}

function put(map: Map<BlobId, Buffer>, bytes: Buffer): SavedBlob {
  const id = createHash('sha256').update(bytes).digest('hex') as BlobId;
  if (map.has(id)) return { id, isNew: false, storedLength: 0 };
  map.set(id, bytes);
  return { id, isNew: true, storedLength: bytes.length };
}

function stored(map: ReadonlyMap<BlobId, Buffer>, id: BlobId): Buffer {
  const bytes = map.get(id);
  if (!bytes) throw new Error(`no blob ${id}`);
  return bytes;
}

class FixedChunker implements Chunker {
  readonly #length: number;
  #pending = Buffer.alloc(0);

  constructor(length: number) {
    this.#length = length;
  }

  *push(bytes: Uint8Array): Iterable<Uint8Array> {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= this.#length) {
      yield this.#pending.subarray(0, this.#length);
      this.#pending = this.#pending.subarray(this.#length);
    }
  }

  finish(): Uint8Array | undefined {
    const rest = this.#pending;
    this.#pending = Buffer.alloc(0);
    return rest.length > 0 ? rest : undefined;
  }
}
