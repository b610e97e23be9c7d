import type { BlobId } from '../../../shared/domain/ids.ts';
import type { EntryMeta } from '../quiesce/contract.ts';
import type { TreeNode } from '../repository/index.ts';
import type { BlobStore } from './contract.ts';

/** One directory of the snapshot before this one, its entries by name. */
export type ParentDirectory = ReadonlyMap<string, TreeNode>;

const none: ParentDirectory = new Map();

/**
 * The snapshot before this one, a directory at a time. What cannot be read of it is as if it were not there: the files
 * are then read again, which costs time and never correctness.
 */
export class ParentTree {
  readonly #store: BlobStore;
  readonly #flushedAtNs: bigint | null;

  constructor(store: BlobStore, flushedAtNs: bigint | null) {
    this.#store = store;
    this.#flushedAtNs = flushedAtNs;
  }

  async directory(tree: BlobId | null | undefined): Promise<ParentDirectory> {
    if (!tree) return none;
    try {
      const nodes = await this.#store.loadTree(tree);
      return new Map(nodes.map((node) => [nameKey(node.name), node]));
    } catch {
      return none;
    }
  }

  /**
   * The content of the file as the parent has it, when nothing can have changed it since: equal metadata, a ctime from
   * before the flush that preceded the parent's reading, and every blob in the index loaded under our own lock.
   */
  unchangedContent(before: TreeNode | undefined, meta: EntryMeta): readonly BlobId[] | null {
    if (!before?.content || this.#flushedAtNs === null || meta.ctimeNs >= this.#flushedAtNs) return null;
    const isEqual =
      before.type === meta.type &&
      before.size === meta.size &&
      before.mtimeNs === meta.mtimeNs &&
      before.ctimeNs === meta.ctimeNs &&
      before.inode === meta.inode;
    return isEqual && this.#lengthOf(before.content) === before.size ? before.content : null;
  }

  /** Total length of the blobs; null when one of them is not in the index. */
  #lengthOf(content: readonly BlobId[]): bigint | null {
    let total = 0;
    for (const id of content) {
      const length = this.#store.dataLength(id);
      if (length === null) return null;
      total += length;
    }
    return BigInt(total);
  }
}

/** Any bytes as a map key, one to one. */
export function nameKey(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString('latin1');
}
