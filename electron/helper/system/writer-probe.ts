import { bind, lastErrno } from './libc.ts';

/** asm-generic/fcntl.h, linux/fcntl.h */
const F_SETSIG = 10;
const F_SETLEASE = 1024;
const F_RDLCK = 0;
const F_UNLCK = 2;
const EAGAIN = 11;
/** Ignored by default, unlike SIGIO: somebody who opens the file within the probe's microsecond sends it to us. */
const SIGURG = 23;

const fcntl = bind<(fd: number, command: number, argument: number) => number>('int fcntl(int, int, intptr_t)');

/** `unknown`: not our file to ask about, or a filesystem without leases. */
export type WriterProbe = 'none' | 'some' | 'unknown';

/**
 * Whether anybody on this machine can still write to an open regular file without opening it anew. A read lease is
 * granted only while the inode's count of open-for-write descriptions is zero, and everything that can write later holds
 * such a description: descriptors, shared mappings made from them (also after the descriptor was closed), loop devices,
 * swap files, asynchronous writes under way, files registered with io_uring. Needs ownership of the file or CAP_LEASE.
 * The lease is given back at once. Source: fcntl(2), F_SETLEASE.
 *
 * Not true on overlay filesystems: a mapping there holds the file below, and the lease is granted all the same.
 * `fd` must be open for reading only.
 */
export function probeWriters(fd: number): WriterProbe {
  if (fcntl(fd, F_SETSIG, SIGURG) < 0) return 'unknown';
  if (fcntl(fd, F_SETLEASE, F_RDLCK) < 0) return lastErrno() === EAGAIN ? 'some' : 'unknown';
  fcntl(fd, F_SETLEASE, F_UNLCK);
  return 'none';
}
