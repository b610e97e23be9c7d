import { hasCode } from './errno.ts';
import { bind, check, cString, lastErrno, type PathBytes, passingName } from './libc.ts';
import { systemCallNumber } from './syscalls.ts';

export interface Xattr {
  readonly name: Buffer;
  readonly value: Buffer;
}

/** A path is used as it is, symlinks not followed; a number is an open descriptor (not O_PATH). */
export type XattrTarget = PathBytes | number;

type Bytes = Uint8Array | null;
const sysListxattrat = bind<(n: number, dir: number, path: Bytes, flags: number, list: Bytes, size: number) => number>(
  'long syscall(long, int, void *, int, void *, size_t)',
);
const llistxattr = bind<(path: Bytes, list: Bytes, size: number) => number>(
  'intptr_t llistxattr(void *, void *, size_t)',
);
const flistxattr = bind<(fd: number, list: Bytes, size: number) => number>('intptr_t flistxattr(int, void *, size_t)');
const lgetxattr = bind<(path: Bytes, name: Bytes, value: Bytes, size: number) => number>(
  'intptr_t lgetxattr(void *, void *, void *, size_t)',
);
const fgetxattr = bind<(fd: number, name: Bytes, value: Bytes, size: number) => number>(
  'intptr_t fgetxattr(int, void *, void *, size_t)',
);
const lsetxattr = bind<(path: Bytes, name: Bytes, value: Bytes, size: number, flags: number) => number>(
  'int lsetxattr(void *, void *, void *, size_t, int)',
);
const fsetxattr = bind<(fd: number, name: Bytes, value: Bytes, size: number, flags: number) => number>(
  'int fsetxattr(int, void *, void *, size_t, int)',
);
const lremovexattr = bind<(path: Bytes, name: Bytes) => number>('int lremovexattr(void *, void *)');
const fremovexattr = bind<(fd: number, name: Bytes) => number>('int fremovexattr(int, void *)');

/** Asks for the size, then reads; asks again when it grew in between. */
function readSized(call: (into: Buffer | null, size: number) => number): Buffer {
  for (;;) {
    const size = call(null, 0);
    if (size === 0) return Buffer.alloc(0);
    const buffer = Buffer.alloc(size);
    try {
      return buffer.subarray(0, call(buffer, size));
    } catch (error) {
      if (!hasCode(error, 'ERANGE')) throw error;
    }
  }
}

/** Names, POSIX ACLs included (`system.posix_acl_access`). Empty where the filesystem has no extended attributes. */
export function listXattrs(target: XattrTarget): Buffer[] {
  let list: Buffer;
  try {
    list = readSized((into, size) =>
      typeof target === 'number'
        ? check(flistxattr(target, into, size), 'flistxattr')
        : check(llistxattr(cString(target), into, size), 'llistxattr', target),
    );
  } catch (error) {
    if (hasCode(error, 'ENOTSUP')) return [];
    throw error;
  }
  return namesIn(list);
}

/** linux/fcntl.h */
const AT_SYMLINK_NOFOLLOW = 0x100;
/** errno.h: before Linux 6.13, and where a filter of system calls does not know it. */
const notThere: readonly number[] = [38 /* ENOSYS */, 1 /* EPERM */];

const listxattrat = systemCallNumber('listxattrat');
let isListxattratThere = true;

/** Whether one entry of an open directory may have attributes. A quarter of the cost of asking by a path: nearly none has any. */
export function mayHaveXattrs(dirFd: number, name: PathBytes): boolean {
  if (!isListxattratThere) return true;
  const size = sysListxattrat(listxattrat, dirFd, passingName(name), AT_SYMLINK_NOFOLLOW, null, 0);
  if (size < 0 && notThere.includes(lastErrno())) isListxattratThere = false;
  return size !== 0;
}

function namesIn(list: Buffer): Buffer[] {
  const names: Buffer[] = [];
  for (let start = 0; start < list.length; ) {
    const end = list.indexOf(0, start);
    names.push(list.subarray(start, end));
    start = end + 1;
  }
  return names;
}

/** The value, or undefined when the attribute is not there. */
export function getXattr(target: XattrTarget, name: PathBytes): Buffer | undefined {
  const cName = cString(name);
  try {
    return readSized((into, size) =>
      typeof target === 'number'
        ? check(fgetxattr(target, cName, into, size), 'fgetxattr')
        : check(lgetxattr(cString(target), cName, into, size), 'lgetxattr', target),
    );
  } catch (error) {
    if (hasCode(error, 'ENODATA')) return undefined;
    throw error;
  }
}

/** All attributes the caller may read, sorted by name. One that vanishes meanwhile is left out. */
export function readXattrs(target: XattrTarget): Xattr[] {
  const found: Xattr[] = [];
  for (const name of listXattrs(target)) {
    const value = getXattr(target, name);
    if (value !== undefined) found.push({ name, value });
  }
  return found.sort((a, b) => Buffer.compare(a.name, b.name));
}

/** Creates or replaces. EPERM for user.* on a symlink; EPERM for trusted.* and security.* without the right. */
export function setXattr(target: XattrTarget, name: PathBytes, value: Uint8Array): void {
  // koffi hands an empty array over as a null pointer, which the kernel takes for an empty value: that is what is meant.
  if (typeof target === 'number') check(fsetxattr(target, cString(name), value, value.length, 0), 'fsetxattr');
  else check(lsetxattr(cString(target), cString(name), value, value.length, 0), 'lsetxattr', target);
}

export function removeXattr(target: XattrTarget, name: PathBytes): void {
  if (typeof target === 'number') check(fremovexattr(target, cString(name)), 'fremovexattr');
  else check(lremovexattr(cString(target), cString(name)), 'lremovexattr', target);
}
