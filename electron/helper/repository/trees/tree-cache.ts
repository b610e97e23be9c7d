import type { BlobId } from '../../../../shared/domain/ids.ts';
import { decodeTree, type Tree } from '../format/tree.ts';

/** Bytes of tree blobs whose decoded form is kept; decoded it takes a few times as much. */
const defaultBudget = 8 * 1024 * 1024;

/** Least recently used trees go first. Trees never change, so nothing here is ever out of date. */
export class TreeCache {
  readonly #budget: number;
  readonly #trees = new Map<BlobId, { readonly tree: Tree; readonly size: number }>();
  #size = 0;

  constructor(budget: number = defaultBudget) {
    this.#budget = budget;
  }

  async load(id: BlobId, loadBlob: (id: BlobId) => Promise<Buffer>): Promise<Tree> {
    const known = this.#trees.get(id);
    if (known) {
      this.#trees.delete(id);
      this.#trees.set(id, known);
      return known.tree;
    }
    const blob = await loadBlob(id);
    const tree = decodeTree(blob);
    this.#keep(id, tree, blob.length);
    return tree;
  }

  clear(): void {
    this.#trees.clear();
    this.#size = 0;
  }

  #keep(id: BlobId, tree: Tree, size: number): void {
    if (size > this.#budget / 2 || this.#trees.has(id)) return;
    this.#trees.set(id, { tree, size });
    this.#size += size;
    for (const [oldest, { size: freed }] of this.#trees) {
      if (this.#size <= this.#budget) return;
      this.#trees.delete(oldest);
      this.#size -= freed;
    }
  }
}
