import type { EntryMeta } from '../../quiesce/contract.ts';

/** Metadata of something that is no file anywhere. */
export function madeUpMeta(type: 'dir' | 'file', size: number): EntryMeta {
  return {
    type,
    mode: type === 'dir' ? 0o040700 : 0o100600,
    uid: 0,
    gid: 0,
    size: BigInt(size),
    mtimeNs: 0n,
    ctimeNs: 0n,
    atimeNs: 0n,
    inode: 0n,
    deviceId: 0n,
    links: 1n,
    rdev: 0n,
    linkTarget: null,
    xattrs: [],
  };
}
