import { dirname } from 'node:path';
import { errorCode } from './disk-errors.ts';
import type { FileOps } from './file-ops.ts';

/** While written, and afterwards: a repository's files are never changed. */
const temporaryMode = 0o600;
const finalMode = 0o400;

/** Filesystems without modes or without folder sync (FAT, FUSE, CIFS) answer with one of these; they sync in their own way. */
const unsupportedCodes = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EPERM', 'ENOTTY'];

/** As much as a disk takes in a millisecond or two: longer nobody who writes through should have to wait for us. */
const sliceBytes = 1024 * 1024;

/**
 * Writes `path` so that after a power cut it is either whole or not there: written beside itself, synced, renamed, and
 * the folder synced. `temporary` must be in the same folder; it does not outlive a failure. What `may-vanish` saves the
 * folder's sync: after a power cut it is whole or gone.
 */
export function writeDurably(
  ops: FileOps,
  bytes: Uint8Array,
  temporary: string,
  path: string,
  name: 'stays' | 'may-vanish' = 'stays',
): void {
  const fd = ops.open(temporary, 'wx', temporaryMode);
  try {
    try {
      for (let done = 0; done < bytes.length; ) {
        const count = ops.write(fd, bytes, done, Math.min(sliceBytes, bytes.length - done));
        if (bytes.length > sliceBytes) ops.writeOut?.(fd, done, count);
        done += count;
      }
      ops.fsync(fd);
      ops.forget?.(fd);
    } finally {
      ops.close(fd);
    }
    tolerate(() => ops.chmod(temporary, finalMode));
    ops.rename(temporary, path);
  } catch (error) {
    try {
      ops.unlink(temporary);
    } catch {
      // The first error is the one that matters; `sweep` finds the file later.
    }
    throw error;
  }
  if (name === 'stays') syncFolder(ops, dirname(path));
}

export function syncFolder(ops: FileOps, folder: string): void {
  const fd = ops.open(folder, 'r');
  try {
    tolerate(() => ops.fsync(fd));
  } finally {
    ops.close(fd);
  }
}

function tolerate(call: () => void): void {
  try {
    call();
  } catch (error) {
    if (!unsupportedCodes.includes(errorCode(error) ?? '')) throw error;
  }
}
