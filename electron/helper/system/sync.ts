import { bind, bindAsync, check } from './libc.ts';

const syncfs = bind<(fd: number) => number>('int syncfs(int)');
const fadvise = bind<(fd: number, offset: number, length: number, advice: number) => number>(
  'int posix_fadvise(int, long, long, int)',
);
/** linux/fadvise.h, all architectures but s390. */
const POSIX_FADV_DONTNEED = 4;
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
