import type { BigIntStats } from 'node:fs';
import type { NodeType } from '../../../../shared/domain/snapshot.ts';
import type { Found } from '../plan/plan-item.ts';

/** A version in one line of text, without its device and type: permissions, owner, group, size, times, inode, links, device number. */
export function lineOfStat({ mode, uid, gid, size, mtimeNs, ctimeNs, ino, nlink, rdev }: BigIntStats): string {
  return `${mode & 0o7777n} ${uid} ${gid} ${size} ${mtimeNs} ${ctimeNs} ${ino} ${nlink} ${rdev}`;
}

export function lineOfFound({ mode, uid, gid, size, mtimeNs, ctimeNs, inode, links, rdev }: Found): string {
  return `${mode} ${uid} ${gid} ${size} ${mtimeNs} ${ctimeNs} ${inode} ${links} ${rdev}`;
}

export const lineFields = 9;

/** Throws where it is no such line: it may come from a file that somebody cut. */
export function foundOfLine(line: string, type: NodeType, deviceId: bigint): Found {
  const fields = line.split(' ');
  if (fields.length !== lineFields) throw new Error(`${JSON.stringify(line)} is no version of an entry`);
  const [mode, uid, gid, size, mtimeNs, ctimeNs, inode, links, rdev] = fields as [
    ...[string, string, string, string, string, string, string, string, string],
  ];
  return {
    type,
    mode: Number(mode),
    uid: Number(uid),
    gid: Number(gid),
    size: BigInt(size),
    mtimeNs: BigInt(mtimeNs),
    ctimeNs: BigInt(ctimeNs),
    deviceId,
    inode: BigInt(inode),
    links: BigInt(links),
    rdev: BigInt(rdev),
  };
}

/**
 * The version of a file that further names may be linked to, or were: told with two names at least, as its change time moves
 * with each that comes or goes, which is nobody's change of it.
 */
export function sharedLine(line: string): string {
  const fields = line.split(' ');
  if (fields[7] === '1') fields[7] = '2';
  return fields.join(' ');
}
