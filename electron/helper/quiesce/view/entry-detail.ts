import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import { hasCode } from '../../system/errno.ts';
import { readLinkAt } from '../../system/open-at.ts';
import { entryOf } from '../../system/openat2.ts';
import { getXattr, listXattrs, mayHaveXattrs, type Xattr, type XattrTarget } from '../../system/xattr.ts';
import { type EntryDetail, noDetail, nodeTypeOf } from './entry-meta.ts';
import { whyOneUnreadable } from './unreadable.ts';

/**
 * Link target and attributes of one entry of an open directory. Undefined when it vanished, or is a link whose target
 * cannot be read: that is noted, and there is nothing of it to keep. Attributes that may not be read are noted.
 */
export function entryDetail(tree: OpenTree, entry: TreeEntry, dirFd: number): EntryDetail | undefined {
  if (entry.isStandIn) return noDetail;
  try {
    const linkTarget = linkTargetOf(tree, entry, dirFd);
    if (linkTarget === undefined) return undefined;
    const xattrs = mayHaveXattrs(dirFd, entry.name)
      ? readableXattrs(entryOf(dirFd, entry.name), () => noteAttributes(tree, entry))
      : [];
    return linkTarget === null && xattrs.length === 0 ? noDetail : { linkTarget, xattrs };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EINVAL')) return undefined;
    if (whyOneUnreadable(error) === undefined) throw error;
    noteAttributes(tree, entry);
    return noDetail;
  }
}

function linkTargetOf(tree: OpenTree, entry: TreeEntry, dirFd: number): Buffer | null | undefined {
  if (nodeTypeOf(entry.stat.mode) !== 'symlink') return null;
  try {
    return readLinkAt(dirFd, entry.name);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EINVAL')) return undefined;
    const reason = whyOneUnreadable(error);
    if (reason === undefined) throw error;
    tree.noteUnreadable(entry.path, reason);
    return undefined;
  }
}

/** All attributes that may be read, by name. `onRefused` hears of each that may not. */
export function readableXattrs(target: XattrTarget, onRefused: () => void): readonly Xattr[] {
  const names = listXattrs(target);
  if (names.length === 0) return [];
  const found: Xattr[] = [];
  for (const name of names) {
    try {
      const value = getXattr(target, name);
      if (value !== undefined) found.push({ name, value });
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EINVAL') || whyOneUnreadable(error) === undefined) throw error;
      onRefused();
    }
  }
  return found.sort((a, b) => Buffer.compare(a.name, b.name));
}

function noteAttributes(tree: OpenTree, entry: TreeEntry): void {
  tree.noteUnreadable(entry.path, 'Some of its attributes could not be read.');
}
