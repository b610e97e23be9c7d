import type { Mount } from '../../system/mountinfo.ts';
import { mountOf } from '../../system/mounts.ts';

/** Filesystems that only one kernel has at a time, and that answer every look from what is there. */
const ofThisKernel = new Set([
  ...['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'f2fs', 'bcachefs', 'zfs', 'jfs', 'reiserfs', 'nilfs2'],
  ...['vfat', 'exfat', 'ntfs3', 'tmpfs', 'ramfs'],
]);

/** See `Backend.seesAtOnce`. What is not known to be so is taken not to be. */
export function seesAtOnce(path: string): boolean {
  try {
    return isOfThisKernel(mountOf(path));
  } catch {
    return false;
  }
}

export function isOfThisKernel({ fsType }: Pick<Mount, 'fsType'>): boolean {
  return ofThisKernel.has(fsType);
}
