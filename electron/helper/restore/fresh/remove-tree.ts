import { constants } from 'node:fs';
import { hasCode } from '../../system/errno.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { entryOf } from '../../system/openat2.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/**
 * Removes everything in an open folder that never got its name: over no link, and on no other filesystem. What is gone already
 * is as good.
 */
export function emptyFolder(ops: FileOps, fd: number): void {
  // One that was finished may refuse what its owner does in it.
  if (ops.fstatSync(fd).nlink > 0n) ignoring(() => ops.fchmodSync(fd, 0o700), 'EPERM', 'EACCES');
  for (const entry of ops.readdirSync(`/proc/self/fd/${fd}`)) {
    const path = entryOf(fd, entry.name);
    if (!entry.isDirectory()) {
      ignoring(() => ops.unlinkSync(path), 'ENOENT');
      continue;
    }
    ignoring(() => ops.setModeNoFollow(path, 0o700), 'EPERM', 'EACCES', 'ENOTSUP', 'ENOENT');
    const below = ops.openBeneath(fd, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, { sameMount: true });
    try {
      emptyFolder(ops, below);
    } finally {
      ops.closeSync(below);
    }
    ignoring(() => ops.rmdirSync(path), 'ENOENT');
  }
}

function ignoring(work: () => void, ...codes: readonly string[]): void {
  try {
    work();
  } catch (error) {
    if (!hasCode(error, ...codes)) throw error;
  }
}
