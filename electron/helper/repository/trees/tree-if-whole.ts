import type { BlobId } from '../../../../shared/domain/ids.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { Tree } from '../format/tree.ts';
import type { BlobIndex } from '../index/blob-index.ts';

/** The tree, if it can be read and the index has all content of its files; what is below its folders is not looked at. */
export async function treeIfWhole(
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
