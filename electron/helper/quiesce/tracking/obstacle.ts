import { hasCode } from '../../system/errno.ts';
import { handleOfDescriptor } from '../../system/file-handle.ts';
import { filesystemKind } from '../../system/filesystem-kind.ts';
import { isKernelAtLeast, kernelRelease } from '../../system/machine.ts';
import type { Mount } from '../../system/mounts.ts';
import { openFilesystemGroup } from './open-group.ts';
import { mayOverlaysWriteUntold, overlayWritesAreUntold } from './overlay-writes.ts';

/** Why changes on this filesystem cannot be followed, for people; null when they can. Tries it, and leaves nothing. */
export function trackingObstacle(fd: number, mount: Mount): string | null {
  const obstacle = obstacleOfKind(mount) ?? obstacleOfKernel();
  if (obstacle !== null) return obstacle;
  try {
    handleOfDescriptor(fd);
    openFilesystemGroup(fd, mount)[Symbol.dispose]();
    return null;
  } catch (error) {
    return describeRefusal(error, mount);
  }
}

function obstacleOfKind(mount: Mount): string | null {
  const kind = filesystemKind(mount);
  if (kind.isNetwork)
    return `Others may change files on ${mount.mountPoint} over the network without this system noticing.`;
  if (kind.isFuse)
    return `${mount.mountPoint} is served by a program, which may change files without the kernel noticing.`;
  if (kind.isPseudo) return `${mount.mountPoint} (${kind.type}) holds no files of its own.`;
  if (kind.type === 'overlay')
    return `${mount.mountPoint} shows files of other filesystems (overlay), and is not told of their changes.`;
  return null;
}

function obstacleOfKernel(): string | null {
  const kernel = kernelRelease();
  if (isKernelAtLeast(kernel, 5, 17)) return mayOverlaysWriteUntold(kernel) ? overlayWritesAreUntold : null;
  return `Linux ${kernel.release} cannot follow changes on a whole filesystem well enough; 5.17 and later can.`;
}

export function describeRefusal(error: unknown, mount: Mount): string {
  if (hasCode(error, 'EPERM', 'EACCES'))
    return 'Following changes on a whole filesystem needs an administrator’s rights.';
  if (hasCode(error, 'EXDEV'))
    return `${mount.mountPoint} is a part (subvolume) of its filesystem, and this kernel follows changes on whole ones only.`;
  if (hasCode(error, 'ENODEV', 'EOPNOTSUPP', 'ENOTSUP'))
    return `The filesystem on ${mount.mountPoint} (${mount.fsType}) cannot tell which file a change belongs to.`;
  if (hasCode(error, 'EMFILE', 'ENFILE')) return 'Too many programs follow changes on this system already.';
  if (hasCode(error, 'ENOSYS', 'EINVAL'))
    return 'This kernel was built without what following changes needs (fanotify).';
  throw error;
}
