import { bind, check, lastErrno } from './libc.ts';

/** errno.h */
const ENOENT = 2;

/** struct linux_dirent64 of getdents64(2): inode, offset, then length of the record, kind, and the name with its NUL. */
const lengthAt = 16;
const nameAt = 19;
const bufferBytes = 64 * 1024;

const getdents64 = bind<(fd: number, into: Uint8Array, size: number) => number>(
  'intptr_t getdents64(int, void *, size_t)',
);

const into = Buffer.allocUnsafeSlow(bufferBytes);

/**
 * Names in an open directory, `.` and `..` aside, from where its descriptor stands to the end. Read through the descriptor
 * itself: opening it a second time by a path would move the time of last access, whatever it was opened with.
 */
export function directoryNames(fd: number): Buffer[] {
  const names: Buffer[] = [];
  for (;;) {
    const length = getdents64(fd, into, into.length);
    // Removed since it was opened: it has no names any more.
    if (length === 0 || (length < 0 && lastErrno() === ENOENT)) return names;
    check(length, 'getdents64');
    // One copy for all names of a reading; they are kept anyway.
    const records = Buffer.from(into.subarray(0, length));
    for (let at = 0; at < length; at += records.readUInt16LE(at + lengthAt)) {
      const start = at + nameAt;
      const name = records.subarray(start, records.indexOf(0, start));
      if (!isDots(name)) names.push(name);
    }
  }
}

function isDots(name: Buffer): boolean {
  return name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e));
}
