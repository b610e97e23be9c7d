import { hasCode } from './errno.ts';
import type { FileOps } from './file-ops.ts';
import { bind, check, cString, type PathBytes } from './libc.ts';
import { entryOf } from './openat2.ts';

/** linux/fs.h */
const RENAME_NOREPLACE = 1;

type Bytes = Uint8Array | null;
const renameat2 = bind<(fromDir: number, from: Bytes, toDir: number, to: Bytes, flags: number) => number>(
  'int renameat2(int, void *, int, void *, uint)',
);

/**
 * Gives an entry of an open directory another name in it, never in place of anything: false when something is there. Where the
 * filesystem cannot do that in one step (EINVAL), by a hard link; where it has none either (FAT), nothing was there a moment
 * before. Names must be single components, as `entryOf` checks. Called in the name of whoever `ops` acts for: within `ops.run`. Source: renameat2(2).
 */
export function renameNew(ops: FileOps, dirFd: number, fromName: PathBytes, toName: PathBytes): boolean {
  try {
    const result = renameat2(dirFd, cString(fromName), dirFd, cString(toName), RENAME_NOREPLACE);
    check(result, 'renameat2', toName);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (!hasCode(error, 'EINVAL', 'ENOSYS', 'ENOTSUP')) throw error;
  }
  return linkNew(ops, entryOf(dirFd, fromName), entryOf(dirFd, toName));
}

/** The same between two full names, by a hard link; where the filesystem has none (FAT), nothing was there a moment before. */
export function linkNew(ops: FileOps, from: Buffer, to: Buffer): boolean {
  try {
    ops.linkSync(from, to);
    ops.unlinkSync(from);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK')) throw error;
  }
  if (ops.lstatIfThere(to)) return false;
  ops.renameSync(from, to);
  return true;
}
