import { constants } from 'node:fs';
import type { NodeType } from '../../../../shared/domain/snapshot.ts';
import type { Statx } from '../../system/statx.ts';
import type { EntryMeta } from '../contract.ts';

/** What stat does not tell of an entry. */
export type EntryDetail = Pick<EntryMeta, 'linkTarget' | 'xattrs'>;

export const noDetail: EntryDetail = { linkTarget: null, xattrs: [] };

const types: ReadonlyMap<number, NodeType> = new Map([
  [constants.S_IFREG, 'file'],
  [constants.S_IFDIR, 'dir'],
  [constants.S_IFLNK, 'symlink'],
  [constants.S_IFIFO, 'fifo'],
  [constants.S_IFCHR, 'chardev'],
  [constants.S_IFBLK, 'dev'],
  [constants.S_IFSOCK, 'socket'],
]);

export function nodeTypeOf(mode: number): NodeType {
  const type = types.get(mode & constants.S_IFMT);
  // Linux has no other; a filesystem that invents one has a defect that must not pass for a file.
  if (type === undefined) throw new Error(`the kernel reported the unknown file type 0${mode.toString(8)}`);
  return type;
}

export function entryMeta(stat: Statx, detail: EntryDetail): EntryMeta {
  return {
    type: nodeTypeOf(stat.mode),
    mode: stat.mode,
    uid: stat.uid,
    gid: stat.gid,
    size: stat.size,
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
    atimeNs: stat.atimeNs,
    inode: stat.inode,
    deviceId: stat.deviceId,
    links: BigInt(stat.links),
    rdev: stat.rdev,
    linkTarget: detail.linkTarget,
    xattrs: detail.xattrs,
  };
}
