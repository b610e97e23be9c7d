import { closeSync, constants } from 'node:fs';
import { ErrnoError, hasCode } from './errno.ts';
import { bind, check, cString, type PathBytes, textOf } from './libc.ts';
import { systemCallNumber } from './syscalls.ts';

/** linux/openat2.h */
const RESOLVE_NO_XDEV = 0x01n;
const RESOLVE_NO_MAGICLINKS = 0x02n;
const RESOLVE_NO_SYMLINKS = 0x04n;
const RESOLVE_BENEATH = 0x08n;
const O_CLOEXEC = 0o2000000;
export const O_PATH = 0o10000000;

type Bytes = Uint8Array | null;
const sysOpenat2 = bind<(n: number, dir: number, path: Bytes, how: Bytes, size: number) => number>(
  'long syscall(long, int, void *, void *, size_t)',
);
const sysOpenat = bind<(n: number, dir: number, path: Bytes, flags: number, mode: number) => number>(
  'long syscall(long, int, void *, int, uint)',
);

const close = bind<(fd: number) => number>('int close(int)');

export interface OpenBeneathOptions {
  /** For O_CREAT and O_TMPFILE. The umask applies. */
  readonly mode?: number;
  /** Refuse to cross into another mount (EXDEV). Not checked by the fallback for kernels before 5.6. */
  readonly sameMount?: boolean;
}

/**
 * Opens a path relative to a directory without ever leaving it: `..` above it, absolute paths and symlinks anywhere in
 * the path are refused (EXDEV, ELOOP; ENOTDIR by the fallback), also when the tree is changed meanwhile. Close-on-exec.
 */
export function openBeneath(dirFd: number, path: PathBytes, flags: number, options: OpenBeneathOptions = {}): number {
  const how = Buffer.alloc(24);
  const resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  how.writeBigUInt64LE(BigInt(flags | O_CLOEXEC), 0);
  how.writeBigUInt64LE(BigInt(options.mode ?? 0), 8);
  how.writeBigUInt64LE(options.sameMount === true ? resolve | RESOLVE_NO_XDEV : resolve, 16);
  try {
    return check(sysOpenat2(systemCallNumber('openat2'), dirFd, cString(path), how, how.length), 'openat2', path);
  } catch (error) {
    // EPERM: containers with old seccomp filters answer so for calls they do not know.
    if (!hasCode(error, 'ENOSYS', 'EPERM')) throw error;
    return openBeneathStepwise(dirFd, path, flags, options.mode ?? 0);
  }
}

/** Closes what `openBeneath` opened in a thread: Node keeps count of what it opened there itself, and warns of anything else. */
export function closeOpened(fd: number): void {
  check(close(fd), 'close');
}

/** The same promise without openat2: one component at a time, none of them followed. Exported for its test. */
export function openBeneathStepwise(dirFd: number, path: PathBytes, flags: number, mode: number): number {
  const parts = splitPath(path);
  const openat = (dir: number, name: Buffer, how: number): number =>
    check(
      sysOpenat(systemCallNumber('openat'), dir, cString(name), how | O_CLOEXEC | constants.O_NOFOLLOW, mode),
      'openat',
      path,
    );
  let current = dirFd;
  try {
    for (const part of parts.slice(0, -1)) {
      const next = openat(current, part, O_PATH | constants.O_DIRECTORY);
      if (current !== dirFd) closeSync(current);
      current = next;
    }
    return openat(current, parts.at(-1) ?? Buffer.from('.'), flags);
  } finally {
    if (current !== dirFd) closeSync(current);
  }
}

function splitPath(path: PathBytes): Buffer[] {
  const text = Buffer.from(path as Uint8Array).toString('latin1');
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (text.startsWith('/') || parts.includes('..')) throw new ErrnoError(18 /* EXDEV */, 'openat', textOf(path));
  return parts.map((part) => Buffer.from(part, 'latin1'));
}

/**
 * The path of an entry inside an open directory, good for every fs function that does not follow its last component
 * (lstat, unlink, rename, mkdir, symlink, link, lchown; open with O_NOFOLLOW). The directory cannot be swapped for
 * another in between. `name` must be one component: `.`, `..` and anything with a slash are refused with EINVAL.
 */
export function entryOf(dirFd: number, name: PathBytes): Buffer {
  const bytes = Buffer.from(name as Uint8Array);
  const isOneComponent = bytes.length > 0 && !bytes.includes(0x2f) && !bytes.includes(0);
  if (!isOneComponent || bytes.equals(Buffer.from('.')) || bytes.equals(Buffer.from('..')))
    throw new ErrnoError(22 /* EINVAL */, 'entry name', textOf(name));
  return Buffer.concat([Buffer.from(`/proc/self/fd/${dirFd}/`), bytes]);
}
