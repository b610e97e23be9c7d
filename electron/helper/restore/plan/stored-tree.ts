import type { BlobId } from '../../../../shared/domain/ids.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { TreeNode } from '../../repository/index.ts';
import type { SnapshotSource } from '../snapshot-source.ts';

/** Directories kept decoded: those on the way down, and a little more. */
const kept = 64;

/** A snapshot's directories as they are needed. One that is damaged is listed, and the others are still there. */
export class StoredTree {
  readonly #source: SnapshotSource;
  readonly #known = new Map<BlobId, readonly TreeNode[]>();

  constructor(source: SnapshotSource) {
    this.#source = source;
  }

  async nodes(tree: BlobId): Promise<readonly TreeNode[]> {
    const known = this.#known.get(tree);
    if (known) return known;
    const nodes = await this.#source.loadTree(tree);
    this.#known.set(tree, nodes);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= kept) break;
      this.#known.delete(oldest);
    }
    return nodes;
  }

  /** Null, and told, when the directory cannot be read. */
  async nodesOrNull(tree: BlobId, onDamage: (why: string) => void): Promise<readonly TreeNode[] | null> {
    try {
      return await this.nodes(tree);
    } catch (error) {
      if (!isStillpointError(error, 'repository-damaged')) throw error;
      onDamage(error.message);
      return null;
    }
  }

  async find(tree: BlobId, name: Buffer): Promise<TreeNode | undefined> {
    return findNode(await this.nodes(tree), name);
  }

  /** The nodes along a path, from the first step on; shorter than the path where it ends. */
  async along(root: BlobId, steps: readonly Buffer[]): Promise<readonly TreeNode[]> {
    const found: TreeNode[] = [];
    let tree: BlobId | undefined = root;
    for (const step of steps) {
      const node: TreeNode | undefined = tree ? await this.find(tree, step) : undefined;
      if (!node) break;
      found.push(node);
      tree = node.subtree;
    }
    return found;
  }
}

/** By bisection: nodes are in ascending order of their names. */
function findNode(nodes: readonly TreeNode[], name: Buffer): TreeNode | undefined {
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const node = nodes[middle];
    if (node && Buffer.compare(node.name, name) < 0) low = middle + 1;
    else high = middle;
  }
  const node = nodes[low];
  return node?.name.equals(name) ? node : undefined;
}
