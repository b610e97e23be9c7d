import type { BlobId } from '../../../../shared/domain/ids.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import { Breather } from '../breather.ts';
import type { Tree } from '../format/tree.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import type { LoadedIndex } from '../index/loaded-index.ts';

/** The tree, if it can be read and the index has all content of its files; what is below its folders is not looked at. */
async function treeIfWhole(
  id: BlobId,
  index: BlobIndex,
  load: (id: BlobId) => Promise<Tree>,
): Promise<Tree | undefined> {
  if (!index.has('tree', id)) return undefined;
  try {
    const tree = await load(id);
    const isWhole = tree.nodes.every((node) => node.content?.every((blob) => index.has('data', blob)) ?? true);
    return isWhole ? tree : undefined;
  } catch (error) {
    if (isStillpointError(error, 'repository-damaged')) return undefined;
    throw error;
  }
}

/** Whether the index has the tree and every blob below it. What was found whole is remembered with the index. */
export async function isSubtreeWhole(
  id: BlobId,
  { blobs, completeTrees }: Pick<LoadedIndex, 'blobs' | 'completeTrees'>,
  load: (id: BlobId) => Promise<Tree>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const breather = new Breather();
  const visited = new Set<BlobId>();
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (completeTrees.has(next) || visited.has(next)) continue;
    await breather.breathe(signal);
    const tree = await treeIfWhole(next, blobs, load);
    if (!tree) return false;
    visited.add(next);
    for (const { subtree } of tree.nodes) if (subtree) waiting.push(subtree);
  }
  for (const tree of visited) completeTrees.add(tree);
  return true;
}
