import { bind, check, type PathBytes, passingName } from './libc.ts';

/** A size no link target reaches: PATH_MAX is 4096 and the kernel keeps no longer ones. */
const longestTarget = 4096;
const O_CLOEXEC = 0o2000000;

type Bytes = Uint8Array | null;
const openat = bind<(dir: number, path: Bytes, flags: number) => number>('int openat(int, void *, int)');
const readlinkat = bind<(dir: number, path: Bytes, into: Bytes, size: number) => number>(
  'intptr_t readlinkat(int, void *, void *, size_t)',
);

/**
 * Opens one entry of an open directory: no path is walked, so nothing on the way can be swapped. Creates nothing: flags
 * must not hold O_CREAT or O_TMPFILE. Add O_NOFOLLOW where a symlink must be refused. Close-on-exec.
 */
export function openAt(dirFd: number, name: PathBytes, flags: number): number {
  return check(openat(dirFd, passingName(name), flags | O_CLOEXEC), 'openat', name);
}

const target = Buffer.alloc(longestTarget);

/** Bytes a symlink holds. */
export function readLinkAt(dirFd: number, name: PathBytes): Buffer {
  const length = check(readlinkat(dirFd, passingName(name), target, target.length), 'readlinkat', name);
  return Buffer.from(target.subarray(0, length));
}
