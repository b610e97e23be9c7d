import type { RepositoryStatus } from '../../../../shared/domain/repository.ts';
import { filesystemKind } from '../../system/filesystem-kind.ts';
import type { Mount } from '../../system/mounts.ts';
import { isRemovable } from '../../system/removable.ts';

export type PlaceFacts = Pick<RepositoryStatus, 'mountPoint' | 'removable' | 'network'>;

/** Of a place that is not there. */
export const noPlace: PlaceFacts = { mountPoint: '', removable: false, network: false };

/** Desktops show servers through these; what is behind one is not told, and is hardly ever a disk of this machine. */
const desktopBridges = /^fuse\.(gvfsd-fuse|kio-fuse)$/;

/** What kind of place a mounted filesystem is, from what the kernel says of the mount: nothing on it is touched. */
export function placeFacts(mount: Mount): PlaceFacts {
  const network = filesystemKind(mount).isNetwork || desktopBridges.test(mount.fsType);
  return { mountPoint: mount.mountPoint, removable: !network && isRemovable(mount), network };
}
