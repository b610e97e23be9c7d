import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import { statxCached } from '../../system/statx.ts';
import type { EntryMeta, StillView } from '../contract.ts';
import { readableXattrs } from './entry-detail.ts';
import { entryMeta } from './entry-meta.ts';

export interface RootPlace {
  readonly ancestors: StillView['ancestors'];
  /** Name of the root itself; empty for `/`. */
  readonly name: Buffer;
}

/**
 * Where a source hangs in its snapshot: its real path, part by part. The parents may lie on other filesystems, so this
 * is read before anything is frozen; their metadata is not part of what is vouched for.
 */
export function rootPlace(facts: FilesystemFacts, tree: OpenTree): RootPlace {
  const names = splitPath(facts.root);
  const name = names.pop() ?? Buffer.alloc(0);
  const ancestors: { name: Buffer; meta: EntryMeta }[] = [];
  let path = '';
  for (const part of names) {
    path += `/${part.toString('latin1')}`;
    const bytes = Buffer.from(path, 'latin1');
    // Real paths have no symlinks, so following changes nothing.
    const stat = tree.files.run(() => statxCached(bytes));
    const xattrs = tree.files.run(() => readableXattrs(bytes, () => {}));
    ancestors.push({ name: part, meta: entryMeta(stat, { linkTarget: null, xattrs }) });
  }
  return { ancestors, name };
}

/** The root's own metadata, as it is now. */
export function rootMeta(tree: OpenTree): EntryMeta {
  const xattrs = tree.files.run(() => readableXattrs(tree.rootFd, () => {}));
  return entryMeta(tree.lookAtRoot().stat, { linkTarget: null, xattrs });
}

function splitPath(path: Buffer): Buffer[] {
  return path
    .toString('latin1')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => Buffer.from(part, 'latin1'));
}
