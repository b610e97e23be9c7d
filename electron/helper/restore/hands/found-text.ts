import type { BigIntStats } from 'node:fs';
import type { Found } from '../plan/plan-item.ts';
import { foundOf } from '../target/found.ts';
import type { FoundText } from './contract.ts';

export function textOfStat(stat: BigIntStats): FoundText {
  const { dev, ino, size, mtimeNs, ctimeNs, nlink, mode, uid, gid, rdev } = stat;
  const [device, inode, length, modified, changed, links] = [dev, ino, size, mtimeNs, ctimeNs, nlink].map(String);
  return [device, inode, length, modified, changed, links, Number(mode), Number(uid), Number(gid), String(rdev)] as [
    ...Parameters<typeof foundOfText>[0],
  ];
}

export function foundOfText(text: FoundText): Found {
  const [dev, ino, size, mtimeNs, ctimeNs, nlink, mode, uid, gid, rdev] = text.map(BigInt) as bigint[];
  return foundOf({ dev, ino, size, mtimeNs, ctimeNs, nlink, mode, uid, gid, rdev } as BigIntStats);
}

/** Only of files: nothing else is handed to threads. */
export function textOfFound(found: Found): FoundText {
  const { deviceId, inode, size, mtimeNs, ctimeNs, links, mode, uid, gid, rdev } = found;
  return [
    String(deviceId),
    String(inode),
    String(size),
    String(mtimeNs),
    String(ctimeNs),
    String(links),
    mode | fileBits,
    uid,
    gid,
    String(rdev),
  ];
}

const fileBits = 0o100000;
