import type { BigIntStats } from 'node:fs';
import type { NodeType } from '../../../../shared/domain/snapshot.ts';
import type { Found } from '../plan/plan-item.ts';

const typeMask = 0o170000;
const types: ReadonlyMap<number, NodeType> = new Map([
  [0o100000, 'file'],
  [0o040000, 'dir'],
  [0o120000, 'symlink'],
  [0o060000, 'dev'],
  [0o020000, 'chardev'],
  [0o010000, 'fifo'],
  [0o140000, 'socket'],
]);

export function foundOf(stat: BigIntStats): Found {
  const mode = Number(stat.mode);
  const type = types.get(mode & typeMask);
  if (type === undefined) throw new Error(`an entry of unknown type: mode ${mode.toString(8)}`);
  return {
    type,
    mode: mode & 0o7777,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    size: stat.size,
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
    deviceId: stat.dev,
    inode: stat.ino,
    links: stat.nlink,
    rdev: stat.rdev,
  };
}

/**
 * Whether this is still the version that was seen. The change time counts only while the inode has one name: taking a
 * sibling away, as a restore of hard-linked files does, moves it without anything having changed.
 */
export function isSameVersion(seen: Found, now: Found): boolean {
  if (seen.deviceId !== now.deviceId || seen.inode !== now.inode || seen.type !== now.type) return false;
  if (seen.type === 'dir') return true;
  const isEqual = seen.size === now.size && seen.mtimeNs === now.mtimeNs;
  return isEqual && (seen.links > 1n || now.links > 1n || seen.ctimeNs === now.ctimeNs);
}
