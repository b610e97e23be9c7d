import type { FileOps } from '../../system/file-ops.ts';
import type { Found, TargetRoot } from '../plan/plan-item.ts';
import { type FoundRecord, foundOfRecord } from './found-record.ts';
import type { RootRecord } from './journal-records.ts';

/** The root of an earlier restore as it is now. */
export interface PresentRoot {
  readonly root: TargetRoot;
  /** A recorded version in the numbers of today. */
  foundOf(record: FoundRecord): Found;
  deviceOf(recorded: string): bigint;
}

/**
 * Finds a recorded root again. The number of its device is good for one boot, or until a disk is unplugged: the same
 * inode at the same path is the same folder, and entries that lay on its device lie on it still. Where the inode differs
 * the root stays as it was recorded, and opening it fails.
 */
export function presentRoot(ops: FileOps, record: RootRecord): PresentRoot {
  const path = Buffer.from(record.path, 'base64');
  const recorded = BigInt(record.deviceId);
  const inode = BigInt(record.inode);
  const stat = ops.lstatIfThere(path);
  const deviceId = stat?.isDirectory() && stat.ino === inode ? stat.dev : recorded;
  const today = (id: bigint): bigint => (id === recorded ? deviceId : id);
  return {
    root: { path, deviceId, inode },
    foundOf: (found) => {
      const version = foundOfRecord(found);
      return { ...version, deviceId: today(version.deviceId) };
    },
    deviceOf: (id) => today(BigInt(id)),
  };
}
