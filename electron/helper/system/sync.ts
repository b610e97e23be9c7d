import { bind, bindAsync, check, lastErrno } from './libc.ts';

const syncfs = bind<(fd: number) => number>('int syncfs(int)');
const fadvise = bind<(fd: number, offset: number, length: number, advice: number) => number>(
  'int posix_fadvise(int, long, long, int)',
);
/** linux/fadvise.h, all architectures but s390. */
const POSIX_FADV_DONTNEED = 4;
const syncFileRange = bind<(fd: number, offset: number, length: number, flags: number) => number>(
  'int sync_file_range(int, long, long, uint)',
);
/** SYNC_FILE_RANGE_WAIT_BEFORE, _WRITE and _WAIT_AFTER. */
const writeAndWait = 7;
const ENOSYS = 38;
const syncfsElsewhere = bindAsync<[number]>('int syncfs(int)');

/** Writes everything dirty of the filesystem `fd` lies on, and waits, on another thread. Rejects with EIO as syncfs(2). */
export async function syncFilesystem(fd: number): Promise<void> {
  await syncfsElsewhere({ syscall: 'syncfs' }, fd);
}

/** The same, holding up the calling thread. */
export function syncFilesystemSync(fd: number): void {
  check(syncfs(fd), 'syncfs');
}

/**
 * Drops the clean pages of a file from memory, so that the next read comes from the medium. A hint: what is dirty or
 * mapped stays, and filesystems may do as they like. Never fails. Source: posix_fadvise(2).
 */
export function forgetCached(fd: number): void {
  fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

/**
 * Writes out a range of a file and waits for it, holding up the calling thread: its content, neither metadata nor the disk's
 * own cache. Does nothing where the kernel has no such call. Throws whatever writing came to (EIO, ENOSPC, what a filesystem
 * in user space answers): what is told here, a later fsync of this descriptor does not tell again. Source: sync_file_range(2).
 */
export function writeOut(fd: number, offset: number, length: number): void {
  canWriteOut ??= isKnown(fd);
  if (canWriteOut) check(syncFileRange(fd, offset, length, writeAndWait), 'sync_file_range');
}

let canWriteOut: boolean | undefined;

/** Asks for nothing to be done. */
function isKnown(fd: number): boolean {
  return syncFileRange(fd, 0, 0, 0) >= 0 || lastErrno() !== ENOSYS;
}
