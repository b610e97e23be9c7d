import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { errorCode } from './disk-errors.ts';
import type { FileOps } from './file-ops.ts';
import { kindFolder } from './layout.ts';
import { syncFolder } from './write-durably.ts';

/** Beside the configuration: neither we nor restic list what is there. */
const reserveName = 'stillpoint-reserve';

const mostBytes = 8 * 1024 * 1024;
const leastBytes = 128 * 1024;
/** Of the disk, at most. */
const share = 64;
/** What must be written before anything can be deleted is an index of what stays: so many times what there is of it, */
const timesIndex = 4;
/** or this, for locks and one small pack. */
const smallRepository = 1024 * 1024;
/** Room is only kept back where there is this many times as much. */
const plenty = 2;
const sliceBytes = 1024 * 1024;

/** Makes the file that keeps room back, unless it is there or room is short. Never fails: it is a precaution. */
export function keepReserve(ops: FileOps, root: string): void {
  const path = join(root, reserveName);
  try {
    const space = ops.space?.(root);
    if (space === undefined) return;
    const most = Math.max(leastBytes, Math.min(mostBytes, Math.floor(space.total / share)));
    const size = sizeOf(ops, path);
    if (size >= most) return;
    const bytes = Math.min(most, Math.max(smallRepository, timesIndex * indexBytes(ops, root)));
    if (size >= bytes || space.available < plenty * bytes) return;
    if (size >= 0) ops.unlink(path);
    write(ops, path, bytes);
    syncFolder(ops, root);
  } catch {
    // Somebody else makes it now, or the place does not allow it.
  }
}

/** Whether there was one. */
export function releaseReserve(ops: FileOps, root: string): boolean {
  try {
    ops.unlink(join(root, reserveName));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
  syncFolder(ops, root);
  return true;
}

function indexBytes(ops: FileOps, root: string): number {
  const folder = kindFolder(root, 'index');
  return ops.readdir(folder).reduce((sum, name) => sum + Math.max(0, sizeOf(ops, join(folder, name))), 0);
}

function sizeOf(ops: FileOps, path: string): number {
  try {
    return ops.lstat(path).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return -1;
    throw error;
  }
}

/** Random bytes: filesystems that compress or find holes would keep nothing back. */
function write(ops: FileOps, path: string, bytes: number): void {
  const slice = randomFillSync(Buffer.allocUnsafe(Math.min(sliceBytes, bytes)));
  const fd = ops.open(path, 'wx', 0o600);
  try {
    for (let done = 0; done < bytes; ) {
      // No two alike: some filesystems keep what is equal once.
      slice.writeUInt32LE(done, 0);
      done += ops.write(fd, slice, 0, Math.min(slice.length, bytes - done));
    }
    ops.fsync(fd);
  } catch (error) {
    ops.unlink(path);
    throw error;
  } finally {
    ops.close(fd);
  }
}
