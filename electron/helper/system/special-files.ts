import { closeSync, constants, openSync } from 'node:fs';
import { hasCode } from './errno.ts';
import { bind, check, cString, type PathBytes } from './libc.ts';
import { systemCallNumber } from './syscalls.ts';

export const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const O_PATH = 0o10000000;
/** linux/stat.h: leaves this one of the two times as it is. */
const UTIME_OMIT = (1n << 30n) - 2n;

type Bytes = Uint8Array | null;
const sysMknodat = bind<(n: number, dir: number, path: Bytes, mode: number, dev: number) => number>(
  'long syscall(long, int, void *, uint, uint)',
);
const sysFchmodat2 = bind<(n: number, dir: number, path: Bytes, mode: number, flags: number) => number>(
  'long syscall(long, int, void *, uint, uint)',
);
const utimensat = bind<(dir: number, path: Bytes, times: Bytes, flags: number) => number>(
  'int utimensat(int, void *, void *, int)',
);
const futimens = bind<(fd: number, times: Bytes) => number>('int futimens(int, void *)');
const chmod = bind<(path: Bytes, mode: number) => number>('int chmod(void *, uint)');

export type SpecialKind = 'fifo' | 'socket' | 'character-device' | 'block-device';
const typeBits: Readonly<Record<SpecialKind, number>> = {
  fifo: constants.S_IFIFO,
  socket: constants.S_IFSOCK,
  'character-device': constants.S_IFCHR,
  'block-device': constants.S_IFBLK,
};

/** `rdev` as stat reports it; 0 for fifos and sockets. The umask applies to `mode`. Devices need CAP_MKNOD (EPERM). */
export function makeSpecialFile(path: PathBytes, kind: SpecialKind, mode: number, rdev: bigint = 0n): void {
  const bits = typeBits[kind] | (mode & 0o7777);
  const result = sysMknodat(systemCallNumber('mknodat'), AT_FDCWD, cString(path), bits, Number(rdev & 0xffffffffn));
  check(result, 'mknodat', path);
}

/** Nanoseconds since the epoch, may be negative; undefined leaves a time alone. A symlink gets them itself. */
export function setTimes(target: PathBytes | number, atimeNs: bigint | undefined, mtimeNs: bigint | undefined): void {
  const times = Buffer.alloc(32);
  for (const [index, ns] of [atimeNs, mtimeNs].entries()) {
    const seconds =
      ns === undefined
        ? 0n
        : BigInt.asIntN(64, (ns - (((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)) / 1_000_000_000n);
    times.writeBigInt64LE(seconds, index * 16);
    times.writeBigInt64LE(ns === undefined ? UTIME_OMIT : ns - seconds * 1_000_000_000n, index * 16 + 8);
  }
  if (typeof target === 'number') check(futimens(target, times), 'futimens');
  else check(utimensat(AT_FDCWD, cString(target), times, AT_SYMLINK_NOFOLLOW), 'utimensat', target);
}

/** Sets permission bits of exactly this entry. ENOTSUP for a symlink: its mode means nothing on Linux. */
export function setModeNoFollow(path: PathBytes, mode: number): void {
  const result = sysFchmodat2(
    systemCallNumber('fchmodat2'),
    AT_FDCWD,
    cString(path),
    mode & 0o7777,
    AT_SYMLINK_NOFOLLOW,
  );
  if (result >= 0) return;
  try {
    check(result, 'fchmodat2', path);
  } catch (error) {
    if (!hasCode(error, 'ENOSYS', 'EPERM')) throw error;
  }
  // Before Linux 6.6: name the entry itself by a descriptor, and change it through /proc.
  const fd = openSync(typeof path === 'string' ? path : Buffer.from(path), O_PATH | constants.O_NOFOLLOW);
  try {
    check(chmod(cString(`/proc/self/fd/${fd}`), mode & 0o7777), 'chmod', path);
  } finally {
    closeSync(fd);
  }
}
