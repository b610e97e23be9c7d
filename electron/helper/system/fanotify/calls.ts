import { closeSync } from 'node:fs';
import { hasCode } from '../errno.ts';
import { bind, check, cString, lastErrno } from '../libc.ts';
import { markFlags } from './constants.ts';

const fanotifyInit = bind<(flags: number, eventFlags: number) => number>('int fanotify_init(uint, uint)');
const fanotifyMark = bind<
  (group: number, flags: number, mask: bigint, directory: number, path: Uint8Array | null) => number
>('int fanotify_mark(int, uint, uint64_t, int, void *)');
const read = bind<(fd: number, into: Uint8Array, size: number) => number>('intptr_t read(int, void *, size_t)');

/** errno.h */
const EINTR = 4;
const EAGAIN = 11;

/** `eventFlags` are those of open(2) for the descriptors that events carry. EPERM, EINVAL, EMFILE as fanotify_init(2). */
export function initGroup(flags: number, eventFlags = 0): number {
  return check(fanotifyInit(flags, eventFlags), 'fanotify_init');
}

/** Marks what an open descriptor stands for, O_PATH too. ENODEV, EXDEV, EOPNOTSUPP, EINVAL as fanotify_mark(2). */
export function changeMark(group: number, flags: number, mask: number, fd: number): void {
  const result = fanotifyMark(group, flags, BigInt(mask), fd, null);
  if (result >= 0) return;
  try {
    check(result, 'fanotify_mark');
  } catch (error) {
    // EBADF for a descriptor that was opened with O_PATH.
    if (!hasCode(error, 'EBADF')) throw error;
    const path = `/proc/self/fd/${fd}`;
    check(fanotifyMark(group, flags, BigInt(mask), -100, cString(path)), 'fanotify_mark', path);
  }
}

/** Takes away all marks of one kind: `filesystem`, `mount`, or those of single files (0). */
export function flushMarks(group: number, kind: number): void {
  check(fanotifyMark(group, markFlags.flush | kind, 0n, -100, cString('/')), 'fanotify_mark');
}

/** Bytes of whole events now in `into`; 0 when none waits. Does not wait. */
export function readEvents(group: number, into: Uint8Array): number {
  for (;;) {
    const length = read(group, into, into.length);
    if (length >= 0) return length;
    const errno = lastErrno();
    if (errno === EAGAIN) return 0;
    if (errno !== EINTR) check(length, 'read of fanotify');
  }
}

/** Ends the group: marks go, and whoever waits for an answer goes on. */
export function closeGroup(group: number): void {
  closeSync(group);
}
