import { bind, check } from './libc.ts';

/** linux/fs.h: _IOWR('X', 119, int) and _IOWR('X', 120, int). */
export const FIFREEZE = 0xc0045877;
export const FITHAW = 0xc0045878;
/** linux/fs.h: _IOW(0x94, 9, int). */
export const FICLONE = 0x40049409;

const ioctl = bind<(fd: number, request: number, argument: number) => number>('int ioctl(int, ulong, intptr_t)');

/**
 * Freezes the whole filesystem an open descriptor lies on. For tests and for nothing else: a freeze without a guard is
 * one that a crash leaves behind for ever.
 */
export function freezeUnguarded(fd: number): void {
  check(ioctl(fd, FIFREEZE, 0), 'FIFREEZE');
}

/** EINVAL: nothing is frozen, or a freeze is under way. Only for who froze it himself; EBUSY is never ours to end. */
export function thaw(fd: number): void {
  check(ioctl(fd, FITHAW, 0), 'FITHAW');
}

/** Makes `targetFd` share all of `sourceFd`'s blocks. EOPNOTSUPP and EXDEV where the filesystem cannot. */
export function cloneFile(targetFd: number, sourceFd: number): void {
  check(ioctl(targetFd, FICLONE, sourceFd), 'FICLONE');
}
