import { hasCode } from './errno.ts';
import type { FileOps } from './file-ops.ts';
import { bind, check, cString, type PathBytes } from './libc.ts';
import { AT_FDCWD } from './special-files.ts';

/** linux/fs.h */
const RENAME_NOREPLACE = 1;

type Bytes = Uint8Array | null;
const renameat2 = bind<(fromDir: number, from: Bytes, toDir: number, to: Bytes, flags: number) => number>(
  'int renameat2(int, void *, int, void *, uint)',
);

/**
 * Gives an entry another name on its filesystem, never in place of anything: false when something is there. Where the
 * filesystem cannot do that in one step (EINVAL), by a hard link; where it has none either (FAT), nothing was there a moment
 * before. Called in the name of whoever `ops` acts for: within `ops.run`. Source: renameat2(2).
 */
export function renameNew(ops: FileOps, from: PathBytes, to: PathBytes): boolean {
  try {
    check(renameat2(AT_FDCWD, cString(from), AT_FDCWD, cString(to), RENAME_NOREPLACE), 'renameat2', to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (!hasCode(error, 'EINVAL', 'ENOSYS', 'ENOTSUP')) throw error;
  }
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
