import type { BlobId } from '../../../../shared/domain/ids.ts';
import { Breather } from '../breather.ts';
import { quoteName } from '../format/names.ts';
import type { TreeNode } from '../format/node.ts';
import type { Tree } from '../format/tree.ts';

export interface WalkedNode {
  /** Names from the root down, raw bytes, the node's own last. */
  readonly names: readonly Buffer[];
  /** The same as text: quoted names joined by `/`, beginning with one. */
  readonly path: string;
  readonly node: TreeNode;
}

interface Level {
  readonly names: readonly Buffer[];
  readonly path: string;
  readonly nodes: readonly TreeNode[];
  at: number;
}

/** Every node below `root`, a directory before what is in it, in the order of the stored trees. */
export async function* walkTree(
  root: BlobId,
  loadTree: (id: BlobId) => Promise<Tree>,
  signal?: AbortSignal,
): AsyncGenerator<WalkedNode, void, undefined> {
  const breather = new Breather();
  const levels: Level[] = [{ names: [], path: '', nodes: (await loadTree(root)).nodes, at: 0 }];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const node = level.nodes[level.at];
    if (node === undefined) {
      levels.pop();
      continue;
    }
    level.at += 1;
    await breather.breathe(signal);
    const names = [...level.names, node.name];
    const path = `${level.path}/${quoteName(node.name)}`;
    yield { names, path, node };
    if (node.subtree) levels.push({ names, path, nodes: (await loadTree(node.subtree)).nodes, at: 0 });
  }
}
