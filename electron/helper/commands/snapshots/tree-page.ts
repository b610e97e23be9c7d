import type { TreeEntry, TreePage } from '../../../../shared/domain/snapshot.ts';
import { nsToInstant } from '../../../../shared/domain/time.ts';
import { type Folder, permissionsOfGoMode, quoteName, type TreeNode } from '../../repository/index.ts';

/** Folders first, then everything else, each by name as bytes; stable, so that pages fit together. */
export function treePage(folder: Folder, offset: number, limit: number): TreePage {
  return { entries: folder.page(offset, limit).map(entryOf), total: folder.size };
}

function entryOf(node: TreeNode): TreeEntry {
  return {
    name: quoteName(node.name),
    type: node.type,
    size: Number(node.size),
    modifiedAt: nsToInstant(node.mtimeNs < 0n ? 0n : node.mtimeNs),
    mode: permissionsOfGoMode(node.mode),
    uid: node.uid,
    gid: node.gid,
    ...(node.linkTarget === undefined ? {} : { linkTarget: quoteName(node.linkTarget) }),
  };
}
