import { bind, check, cString, type PathBytes, passingName } from './libc.ts';

/** linux/stat.h, linux/fcntl.h */
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_NO_AUTOMOUNT = 0x800;
const AT_EMPTY_PATH = 0x1000;
const AT_STATX_DONT_SYNC = 0x4000;
/** fcntl.h; dirfd for paths that begin with /. */
const AT_FDCWD = -100;
const STATX_BASIC_STATS = 0x7ff;
const STATX_MNT_ID = 0x1000;
const STATX_ATTR_NODUMP = 0x40;
const STATX_ATTR_MOUNT_ROOT = 0x2000;
const structBytes = 256;

type Bytes = Uint8Array | null;
const statx = bind<(dir: number, path: Bytes, flags: number, mask: number, into: Bytes) => number>(
  'int statx(int, void *, int, uint, void *)',
);

/** What statx(2) tells of one entry. Times are nanoseconds since the epoch. */
export interface Statx {
  /** st_mode, type bits included. */
  readonly mode: number;
  readonly links: number;
  readonly uid: number;
  readonly gid: number;
  readonly inode: bigint;
  readonly size: bigint;
  /** Units of 512 bytes that are stored. */
  readonly blocks: bigint;
  readonly atimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly mtimeNs: bigint;
  /** Encoded as st_dev and st_rdev of stat(2). */
  readonly deviceId: bigint;
  readonly rdev: bigint;
  /** As in mountinfo. Null before Linux 5.8. */
  readonly mountId: number | null;
  /** Something is mounted right here. Null where the kernel does not say. */
  readonly isMountRoot: boolean | null;
  /** Marked as not worth a backup: chattr(1), flag `d`. Absent where nobody looked. */
  readonly isNoDump?: boolean;
}

const into = Buffer.alloc(structBytes);
const emptyName = cString('');

/**
 * One entry of an open directory, not followed, no automount triggered. About three times as fast as lstat through
 * /proc/self/fd, with the same promise: the directory cannot be swapped for another. `name` must be one component.
 */
export function statxAt(dirFd: number, name: PathBytes): Statx {
  const flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
  check(statx(dirFd, passingName(name), flags, STATX_BASIC_STATS | STATX_MNT_ID, into), 'statx', name);
  return decode();
}

/** What an absolute path leads to, symlinks followed, from what this machine knows already: no server is asked. */
export function statxCached(path: PathBytes): Statx {
  check(statx(AT_FDCWD, cString(path), AT_STATX_DONT_SYNC, STATX_BASIC_STATS | STATX_MNT_ID, into), 'statx', path);
  return decode();
}

/** The file behind an open descriptor. */
export function statxDescriptor(fd: number): Statx {
  check(statx(fd, emptyName, AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, into), 'statx');
  return decode();
}

/** Source: statx(2), struct statx. */
function decode(): Statx {
  return {
    mode: word(28) & 0xffff,
    links: word(16),
    uid: word(20),
    gid: word(24),
    inode: longAt(32),
    size: longAt(40),
    blocks: longAt(48),
    atimeNs: readTime(64),
    ctimeNs: readTime(96),
    mtimeNs: readTime(112),
    deviceId: device.of(word(136), word(140)),
    rdev: specialDevice.of(word(128), word(132)),
    mountId: (word(0) & STATX_MNT_ID) === 0 ? null : Number(longAt(144)),
    isMountRoot: (word(56) & STATX_ATTR_MOUNT_ROOT) === 0 ? null : (word(8) & STATX_ATTR_MOUNT_ROOT) !== 0,
    isNoDump: (word(8) & STATX_ATTR_NODUMP) !== 0,
  };
}

/** Every file costs several of these looks: views of the kernel's own byte order read much faster than a Buffer's methods. */
const words = new Uint32Array(into.buffer, into.byteOffset, structBytes / 4);
const longs = new BigUint64Array(into.buffer, into.byteOffset, structBytes / 8);
const signedLongs = new BigInt64Array(into.buffer, into.byteOffset, structBytes / 8);

function word(offset: number): number {
  return words[offset >>> 2] as number;
}

function longAt(offset: number): bigint {
  return longs[offset >>> 3] as bigint;
}

/** Seconds of 64 bits and nanoseconds. */
function readTime(offset: number): bigint {
  const [seconds, above, ns] = [word(offset), word(offset + 4), word(offset + 8)];
  if (above !== 0) return (signedLongs[offset >>> 3] as bigint) * 1_000_000_000n + BigInt(ns);
  // From 1970 to 2106: computed in halves that a number holds exactly, since each bigint on the way would be a new object.
  const upper = (seconds >>> 16) * 1e9;
  const lower = (upper % 65_536) * 65_536 + (seconds & 0xffff) * 1e9 + ns;
  timeWords[0] = lower % 2 ** 32;
  timeWords[1] = Math.floor(upper / 65_536) + Math.floor(lower / 2 ** 32);
  return time[0] as bigint;
}

const time = new BigInt64Array(1);
const timeWords = new Uint32Array(time.buffer);

/** Nearly always it is the one of the entry before. */
class LastDevice {
  #major = -1;
  #minor = -1;
  #encoded = 0n;

  of(major: number, minor: number): bigint {
    if (major !== this.#major || minor !== this.#minor) {
      this.#encoded = encodeDevice(major, minor);
      this.#major = major;
      this.#minor = minor;
    }
    return this.#encoded;
  }
}

const device = new LastDevice();
const specialDevice = new LastDevice();

/** sys/sysmacros.h, makedev. */
function encodeDevice(major: number, minor: number): bigint {
  if (major < 0x1000 && minor < 0x100) return BigInt(major * 256 + minor);
  const [high, low] = [BigInt(major), BigInt(minor)];
  return ((high & 0xfffff000n) << 32n) | ((high & 0xfffn) << 8n) | ((low & 0xffffff00n) << 12n) | (low & 0xffn);
}
