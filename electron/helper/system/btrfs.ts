import { ErrnoError } from './errno.ts';
import { bind, bindAsync, check, cString, type PathBytes } from './libc.ts';

/** linux/btrfs.h; the argument's size is part of each number. */
const SNAP_CREATE_V2 = 0x50009417;
const SNAP_DESTROY_V2 = 0x5000943f;
const INO_LOOKUP = 0xd0009412;
const GET_SUBVOL_INFO = 0x81f8943c;
const FS_INFO = 0x8400941f;
const DEV_INFO = 0xd000941e;
const SUBVOL_RDONLY = 2n;
const SUBVOL_SPEC_BY_ID = 16n;
const volumeArgumentBytes = 4096;
const infoBytes = 504;
const nameOffset = 56;
const devicePathOffset = 3072;
const longestName = 255;

/** Inode of the root folder of every subvolume. linux/btrfs_tree.h: BTRFS_FIRST_FREE_OBJECTID. */
export const subvolumeRootInode = 256n;
/** Inode of the empty folder that stands in a snapshot for a subvolume below. BTRFS_EMPTY_SUBVOL_DIR_OBJECTID. */
export const emptySubvolumeInode = 2n;

const ioctl = bind<(fd: number, request: number, argument: Uint8Array) => number>('int ioctl(int, ulong, void *)');
const ioctlElsewhere = bindAsync<[number, number, Uint8Array]>('int ioctl(int, ulong, void *)');

export interface BtrfsIdentity {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** A device node of it, as the kernel knows it; any of several will do to name the whole. */
  readonly device: string;
}

/** The filesystem an open file lies on. ENOTTY where it is no btrfs. */
export function btrfsIdentity(fd: number): BtrfsIdentity {
  const info = Buffer.alloc(1024);
  check(ioctl(fd, FS_INFO, info), 'BTRFS_IOC_FS_INFO');
  const highest = info.readBigUInt64LE(0);
  for (let device = 1n; device <= highest; device += 1n) {
    const into = Buffer.alloc(volumeArgumentBytes);
    into.writeBigUInt64LE(device, 0);
    // Numbers of devices that were taken out are not used again.
    if (ioctl(fd, DEV_INFO, into) < 0) continue;
    const path = into.subarray(devicePathOffset);
    const text = path.subarray(0, path.indexOf(0)).toString();
    if (text.startsWith('/')) return { id: info.subarray(16, 32).toString('hex'), device: text };
  }
  throw new ErrnoError(19 /* ENODEV */, 'BTRFS_IOC_DEV_INFO');
}

/** One subvolume. Source: struct btrfs_ioctl_get_subvol_info_args. */
export interface SubvolumeInfo {
  readonly id: bigint;
  readonly name: string;
  /** Subvolume that it lies in; 0 for the topmost. */
  readonly parentId: bigint;
  /** Of the last change. */
  readonly generation: bigint;
  readonly isReadOnly: boolean;
  /** 32 hexadecimal digits; all 0 where there is none. */
  readonly uuid: string;
  /** Of what it is a snapshot of. */
  readonly parentUuid: string;
  readonly receivedUuid: string;
  /** Generation in which it was made. */
  readonly madeInGeneration: bigint;
  readonly madeAtNs: bigint;
}

/** The subvolume an open file lies in. Needs Linux 4.18; no rights. ENOTTY where it is no btrfs. */
export function subvolumeInfo(fd: number): SubvolumeInfo {
  const into = Buffer.alloc(infoBytes);
  check(ioctl(fd, GET_SUBVOL_INFO, into), 'BTRFS_IOC_GET_SUBVOL_INFO');
  const name = into.subarray(8, 264);
  const uuid = (offset: number): string => into.subarray(offset, offset + 16).toString('hex');
  return {
    id: into.readBigUInt64LE(0),
    name: name.subarray(0, name.indexOf(0)).toString(),
    parentId: into.readBigUInt64LE(264),
    generation: into.readBigUInt64LE(280),
    isReadOnly: (into.readBigUInt64LE(288) & 1n) !== 0n,
    uuid: uuid(296),
    parentUuid: uuid(312),
    receivedUuid: uuid(328),
    madeInGeneration: into.readBigUInt64LE(352),
    madeAtNs: into.readBigUInt64LE(392) * 1_000_000_000n + BigInt(into.readUInt32LE(400)),
  };
}

/**
 * Makes a read-only snapshot of the subvolume that `sourceFd` is the root folder of, named `name` in the open folder
 * `directoryFd` of the same filesystem (EXDEV else). Writes out what is dirty in that subvolume, and waits for the commit:
 * on another thread. Needs CAP_SYS_ADMIN, or to own the subvolume.
 */
export async function createReadOnlySnapshot(directoryFd: number, name: string, sourceFd: number): Promise<void> {
  const argument = volumeArgument(name);
  argument.writeBigInt64LE(BigInt(sourceFd), 0);
  argument.writeBigUInt64LE(SUBVOL_RDONLY, 16);
  await ioctlElsewhere({ syscall: 'BTRFS_IOC_SNAP_CREATE_V2', path: name }, directoryFd, SNAP_CREATE_V2, argument);
}

/**
 * Deletes the subvolume with this id, whatever it is called by now: no name can be swapped in between. `fd` is of the same
 * filesystem. ENOENT where there is none. Needs Linux 5.7 and CAP_SYS_ADMIN. The space is given back in the background.
 */
export async function deleteSubvolume(fd: number, id: bigint): Promise<void> {
  const argument = Buffer.alloc(volumeArgumentBytes);
  argument.writeBigUInt64LE(SUBVOL_SPEC_BY_ID, 16);
  argument.writeBigUInt64LE(id, nameOffset);
  await ioctlElsewhere({ syscall: 'BTRFS_IOC_SNAP_DESTROY_V2' }, fd, SNAP_DESTROY_V2, argument);
}

/**
 * A path of an inode from the root of the subvolume that `fd` lies in, without a leading slash; empty for that root. Of a
 * file with several names it is one of them. ENOENT where there is none. Needs CAP_SYS_ADMIN.
 */
export function pathOfInode(fd: number, inode: bigint): Buffer {
  if (inode === subvolumeRootInode) return Buffer.alloc(0);
  const argument = Buffer.alloc(volumeArgumentBytes);
  argument.writeBigUInt64LE(inode, 8);
  check(ioctl(fd, INO_LOOKUP, argument), 'BTRFS_IOC_INO_LOOKUP');
  const path = argument.subarray(16);
  const end = path.indexOf(0);
  // The kernel ends it with a slash.
  return Buffer.from(path.subarray(0, path[end - 1] === 0x2f ? end - 1 : end));
}

function volumeArgument(name: PathBytes): Buffer {
  const bytes = cString(name);
  if (bytes.length > longestName + 1) throw new RangeError('a subvolume name has at most 255 bytes');
  const argument = Buffer.alloc(volumeArgumentBytes);
  bytes.copy(argument, nameOffset);
  return argument;
}
