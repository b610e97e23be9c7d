import koffi from 'koffi';
import { hasCode } from './errno.ts';
import { bind, check } from './libc.ts';

/** linux/fs.h */
const RWF_NOWAIT = 0x8;
const preadv2 = bind<(fd: number, vector: Uint8Array, count: number, offset: number, flags: number) => number>(
  'intptr_t preadv2(int, void *, int, int64_t, int)',
);

/** struct iovec of readv(2): one. */
const vector = Buffer.alloc(16);

/**
 * Reads what is in memory, and waits for no disk: undefined where nothing of it is, or where the filesystem cannot tell. Less
 * than `length` where only the beginning is. 0: the end of the file. Source: preadv2(2), Linux 4.14.
 */
export function readCached(fd: number, into: Buffer, length: number, position: number): number | undefined {
  vector.writeBigUInt64LE(koffi.address(into), 0);
  vector.writeBigUInt64LE(BigInt(Math.min(length, into.length)), 8);
  try {
    return check(preadv2(fd, vector, 1, position, RWF_NOWAIT), 'preadv2');
  } catch (error) {
    if (hasCode(error, 'EAGAIN', 'EOPNOTSUPP', 'EINTR')) return undefined;
    throw error;
  }
}
