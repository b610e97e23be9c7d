import { subvolumeInfo } from '../../system/btrfs.ts';
import { inodesChangedSince } from '../../system/btrfs-newer.ts';
import { hasCode } from '../../system/errno.ts';
import type { Picture } from '../picture/contract.ts';

/** More than this is looked at in a walk as well. */
const mostMarked = 200_000;

/** What a check found. */
export interface GenerationCheck {
  /** Whatever changes from now on is of this generation or a later one. */
  readonly generation: bigint;
  /** Entries of the picture that are marked now. */
  readonly marked: number;
}

/** The generation of the subvolume that a descriptor lies in; null where there is none, or it cannot be asked. */
export function generationOf(fd: number, fsType: string): bigint | null {
  if (fsType !== 'btrfs') return null;
  try {
    return subvolumeInfo(fd).generation;
  } catch (error) {
    if (hasCode(error, 'ENOTTY', 'EPERM', 'EACCES', 'EINVAL', 'ENOENT', 'EOPNOTSUPP')) return null;
    throw error;
  }
}

/**
 * Marks in a picture whatever the filesystem itself says changed since a generation, told or not: every inode is looked at,
 * every folder listed. What was changed before a flush that is complete by now is among it. Null where that cannot be
 * asked, or where it is so much that a walk costs no more.
 *
 * btrfs never overwrites a block: an inode that changes is written anew, with the generation of the transaction, and so is
 * every block above it. Nothing takes a generation back while the filesystem is mounted.
 */
export async function markChangedSince(fd: number, since: bigint, picture: Picture): Promise<GenerationCheck | null> {
  try {
    const { generation } = subvolumeInfo(fd);
    let marked = 0;
    picture.beginRecheck();
    for await (const inode of inodesChangedSince(fd, since)) {
      marked += picture.recheck(inode);
      if (marked > mostMarked) return null;
    }
    return { generation, marked };
  } catch (error) {
    if (hasCode(error, 'ENOTTY', 'EPERM', 'EACCES', 'EINVAL', 'ENOENT', 'EOPNOTSUPP')) return null;
    throw error;
  }
}
