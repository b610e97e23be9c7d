import { closeSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { ErrnoError } from './errno.ts';
import { isHidden, isInside, type Mount, parseMountinfo } from './mountinfo.ts';
import { O_PATH } from './openat2.ts';

export type { Mount } from './mountinfo.ts';

/** All mounts of this process's mount namespace, in the order of mounting, hidden ones included. */
export function listMounts(): Mount[] {
  const content = readFileSync('/proc/self/mountinfo');
  if (last === undefined || !last.content.equals(content)) last = { content, mounts: parseMountinfo(content) };
  return [...last.mounts];
}

/** A backup asks dozens of times, and mounts seldom change: what the kernel tells is read each time, and understood once. */
let last: { readonly content: Buffer; readonly mounts: readonly Mount[] } | undefined;

/**
 * The mount a path lies on, symlinks followed, told by the kernel for the path itself: right also under mounts that
 * hide others, bind mounts, and btrfs, whose st_dev differs from its mount's. Waits for nothing on a frozen filesystem;
 * a network filesystem may make it wait. Throws ENOENT, EACCES as open(2).
 */
export function mountOf(path: string): Mount {
  const fd = openSync(path, O_PATH);
  try {
    return mountOfDescriptor(fd);
  } finally {
    closeSync(fd);
  }
}

export function mountOfDescriptor(fd: number): Mount {
  const id = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
  const mount = listMounts().find((each) => each.id === Number(id));
  if (mount === undefined) throw new ErrnoError(2 /* ENOENT */, 'mount of', `descriptor ${fd}`);
  return mount;
}

/** Visible mounts strictly below a directory: what a walk of it would cross into. Sorted by mount point. */
export function mountsBelow(path: string): Mount[] {
  const directory = realpathSync(path);
  const all = listMounts();
  return all
    .filter((mount) => isInside(mount.mountPoint, directory) && !isHidden(mount, all))
    .sort((a, b) => (a.mountPoint < b.mountPoint ? -1 : a.mountPoint > b.mountPoint ? 1 : 0));
}

/** `8:1`, the name of a device in /sys/dev/block. Filesystems without a device of their own have `0:N`. */
export function deviceNumber(mount: Mount): string {
  return `${mount.major}:${mount.minor}`;
}

/** All mounts of the filesystem that a mount shows: frozen together, whichever of them is named. */
export function mountsOfSameFilesystem(mount: Mount, all: readonly Mount[] = listMounts()): Mount[] {
  return all.filter((each) => each.major === mount.major && each.minor === mount.minor);
}
