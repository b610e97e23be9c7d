import type { TreeEntry, TreePage } from '../../../../shared/domain/snapshot.ts';
import { nsToInstant } from '../../../../shared/domain/time.ts';
import { permissionsOfGoMode, quoteName, type TreeNode } from '../../repository/index.ts';

/** Folders first, then everything else, each by name as bytes; stable, so that pages fit together. */
export function treePage(nodes: readonly TreeNode[], offset: number, limit: number): TreePage {
  const ordered = [...nodes.filter(isFolder), ...nodes.filter((node) => !isFolder(node))];
  return { entries: ordered.slice(offset, offset + limit).map(entryOf), total: nodes.length };
}

function isFolder({ type }: TreeNode): boolean {
  return type === 'dir';
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
