import { closeSync } from 'node:fs';
import { openBtrfsTop } from '../../system/btrfs-top.ts';
import { hasCode } from '../../system/errno.ts';
import { type InodeGroup, type InodeGroupOptions, openInodeGroup } from '../../system/fanotify/index.ts';
import { openOpenedGroup } from '../../system/fanotify/opened-group.ts';
import { markedDevice } from '../../system/filesystem-identity.ts';
import { deviceNumber, type Mount } from '../../system/mounts.ts';

/**
 * A group for the whole filesystem that `fd` lies on. A btrfs subvolume cannot be marked itself (EXDEV), and is part of
 * what is told once the top of its filesystem is marked.
 */
export function openFilesystemGroup(fd: number, mount: Mount, options: InodeGroupOptions = {}): InodeGroup {
  return openOn(fd, mount, (each) => openInodeGroup(each, options));
}

/** The same for what is opened; see `openOpenedGroup`. */
export function openFilesystemOpenedGroup(fd: number, mount: Mount): InodeGroup {
  return openOn(fd, mount, openOpenedGroup);
}

function openOn(fd: number, mount: Mount, open: (fd: number) => InodeGroup): InodeGroup {
  try {
    return open(fd);
  } catch (error) {
    if (!hasCode(error, 'EXDEV') || mount.fsType !== 'btrfs') throw error;
    return openByTop(mount, open, error as Error);
  }
}

function openByTop(mount: Mount, open: (fd: number) => InodeGroup, refused: Error): InodeGroup {
  const top = openBtrfsTop(mount.source);
  try {
    const group = open(top);
    // The mount's source may mean another filesystem by now.
    if (markedDevice(group.fd) === deviceNumber(mount)) return group;
    group[Symbol.dispose]();
    throw refused;
  } finally {
    closeSync(top);
  }
}
