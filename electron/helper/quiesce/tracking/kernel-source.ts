import type { InodeGroupOptions } from '../../system/fanotify/index.ts';
import { filesystemOptions, markedDevice } from '../../system/filesystem-identity.ts';
import { deviceNumber, type Mount } from '../../system/mounts.ts';
import type { EventSource } from './filesystem-watch.ts';
import { openFilesystemGroup } from './open-group.ts';
import { mayOverlaysWriteUntold, overlayWritesAreUntold } from './overlay-writes.ts';

/**
 * Events of the whole filesystem that `fd` lies on. Does not keep it from being unmounted: a disk must stay removable, so
 * an unmount is found by looking for our mark, which goes with the filesystem.
 */
export function kernelSource(fd: number, mount: Mount, options: InodeGroupOptions = {}): EventSource {
  const device = deviceNumber(mount);
  const group = openFilesystemGroup(fd, mount, options);
  let isAlive = true;
  let seen = filesystemOptions(device);
  return {
    read: (into) => (isAlive ? group.read(into) : 0),
    lookAround: () => {
      if (!isAlive) return null;
      if (markedDevice(group.fd) !== device) {
        isAlive = false;
        return 'The filesystem was unmounted.';
      }
      if (mayOverlaysWriteUntold()) return overlayWritesAreUntold;
      const before = seen;
      const now = filesystemOptions(device);
      // While it is mounted elsewhere only, its options are out of sight; changes are told all the same.
      if (now === null || before === now) return null;
      seen = now;
      return before === null ? null : 'The filesystem was mounted anew with other options.';
    },
    get isAlive() {
      return isAlive;
    },
    [Symbol.dispose]: () => group[Symbol.dispose](),
  };
}
