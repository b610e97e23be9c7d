import { readFileSync } from 'node:fs';
import { hasCode } from './errno.ts';
import { bind, check } from './libc.ts';
import { bootId } from './machine.ts';
import { deviceNumber, listMounts, type Mount, mountOfDescriptor } from './mounts.ts';

/** linux/fs.h: _IOR(0x15, 0, struct fsuuid2), Linux 6.9. */
const FS_IOC_GETFSUUID = 0x80111500;
/** struct statfs, 64 bit: f_fsid after f_type, f_bsize and five counts. */
const statfsBytes = 120;
const fsidAt = 56;

const ioctl = bind<(fd: number, request: number, into: Uint8Array) => number>('int ioctl(int, ulong, void *)');
const fstatfs = bind<(fd: number, into: Uint8Array) => number>('int fstatfs(int, void *)');

export interface FilesystemIdentity {
  /** What the filesystem calls itself, the same on every machine: its UUID, else what statfs(2) makes of it. */
  readonly name: string;
  readonly bootId: string;
  readonly mount: Mount;
  /** `8:1`; of all its mounts and subvolumes, unlike st_dev on btrfs. Used again after an unmount. */
  readonly device: string;
}

/** Asks the kernel only, but reads mountinfo: not while anything is frozen. `fd` may be O_PATH. */
export function filesystemIdentity(fd: number): FilesystemIdentity {
  const mount = mountOfDescriptor(fd);
  return { name: uuidOf(fd) ?? `fsid-${fsidOf(fd)}`, bootId: bootId(), mount, device: deviceNumber(mount) };
}

function uuidOf(fd: number): string | undefined {
  const into = Buffer.alloc(17);
  try {
    check(ioctl(fd, FS_IOC_GETFSUUID, into), 'FS_IOC_GETFSUUID');
  } catch (error) {
    // Older kernels, filesystems without one, and descriptors that only name a place.
    if (hasCode(error, 'ENOTTY', 'ENOTSUP', 'EBADF', 'EINVAL', 'ENOSYS')) return undefined;
    throw error;
  }
  if (into[0] !== 16) return undefined;
  return into.toString('hex', 1).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Zero where the filesystem has no name at all: the kernel then follows no changes by inode. */
export function fsidOf(fd: number): string {
  const into = Buffer.alloc(statfsBytes);
  check(fstatfs(fd, into), 'fstatfs');
  return into.toString('hex', fsidAt, fsidAt + 8);
}

/**
 * Options of the filesystem itself, as far as they can change while it is mounted, in one text to be compared with an
 * earlier one; null while it is not mounted in this process's namespace. Reads mountinfo: 30 us with 20 mounts.
 */
export function filesystemOptions(device: string): string | null {
  const mount = listMounts().find((each) => deviceNumber(each) === device);
  return mount === undefined ? null : mount.superOptions.filter(isOfWholeFilesystem).sort().join(',');
}

/** btrfs lists the subvolume of each mount among them. */
function isOfWholeFilesystem(option: string): boolean {
  return !/^subvol(id)?=/.test(option);
}

/** Device (`8:1`) that a fanotify group still has its filesystem mark on; undefined once the filesystem is gone. */
export function markedDevice(group: number): string | undefined {
  const hex = /^fanotify sdev:([0-9a-f]+)/m.exec(readFileSync(`/proc/self/fdinfo/${group}`, 'latin1'))?.[1];
  if (hex === undefined) return undefined;
  // The kernel's own dev_t: 12 bits, then 20.
  const number = Number.parseInt(hex, 16);
  return `${number >>> 20}:${number & 0xfffff}`;
}
