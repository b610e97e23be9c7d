import { randomUUID } from 'node:crypto';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { hasCode } from '../../system/errno.ts';
import { handleAt, handleOfDescriptor } from '../../system/file-handle.ts';
import { type FilesystemIdentity, filesystemIdentity } from '../../system/filesystem-identity.ts';
import type { Mount } from '../../system/mounts.ts';
import type { ChangeTracker, HandleKey, Trackers } from './contract.ts';
import { type EventSource, FilesystemWatch } from './filesystem-watch.ts';
import { kernelSource } from './kernel-source.ts';
import { trackingObstacle } from './obstacle.ts';

/** Steps that need the kernel; tests bring their own. */
export interface TrackingSystem {
  identify(fd: number): FilesystemIdentity;
  obstacle(fd: number, mount: Mount): string | null;
  open(fd: number, mount: Mount): EventSource;
}

const kernel: TrackingSystem = { identify: filesystemIdentity, obstacle: trackingObstacle, open: kernelSource };

/** One group of the kernel's for each filesystem, for as long as anybody has a share in it. */
interface SharedWatch {
  readonly watch: FilesystemWatch;
  readonly epoch: string;
  shares: number;
}

export function createTrackers(system: TrackingSystem = kernel): Trackers {
  const byDevice = new Map<string, SharedWatch>();

  /** The one in use, unless its filesystem has gone: what has its device number now is another. */
  const living = (device: string): SharedWatch | undefined => {
    const shared = byDevice.get(device);
    shared?.watch.lookAround();
    if (shared === undefined || shared.watch.isAlive) return shared;
    // Whoever holds shares of it lets go of it in the end.
    byDevice.delete(device);
    return undefined;
  };

  const release = (device: string, shared: SharedWatch): void => {
    shared.shares -= 1;
    if (shared.shares > 0) return;
    if (byDevice.get(device) === shared) byDevice.delete(device);
    shared.watch[Symbol.dispose]();
  };

  return {
    problem: (fd) => {
      const identity = identityOf(system, fd);
      if (identity === null) return unseen;
      const { mount, device } = identity;
      return living(device) === undefined ? system.obstacle(fd, mount) : null;
    },
    track: (fd) => {
      const identity = identityOf(system, fd);
      if (identity === null) throw refusal(unseen, null);
      const { device, mount } = identity;
      let shared = living(device);
      if (shared === undefined) {
        const obstacle = system.obstacle(fd, mount);
        if (obstacle !== null) throw refusal(obstacle, mount);
        shared = { watch: new FilesystemWatch(system.open(fd, mount)), epoch: epochOf(identity), shares: 0 };
        byDevice.set(device, shared);
      }
      shared.shares += 1;
      return shareOf(shared, release.bind(undefined, device, shared));
    },
  };
}

function shareOf(shared: SharedWatch, release: () => void): ChangeTracker {
  const subscriptions: Disposable[] = [];
  let isOpen = true;
  return {
    // After the mark was set, and rounded up.
    startedNs: BigInt(Date.now() + 1) * 1_000_000n,
    epoch: shared.epoch,
    subscribe: (listener) => {
      const subscription = shared.watch.subscribe(listener);
      subscriptions.push(subscription);
      return subscription;
    },
    lookAround: () => shared.watch.lookAround(),
    drain: () => shared.watch.drain(),
    keyOf: (fd) => handleOfDescriptor(fd) as HandleKey,
    keyAt: (dirFd, name) => handleAt(dirFd, name) as HandleKey | undefined,
    [Symbol.dispose]: () => {
      if (!isOpen) return;
      isOpen = false;
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
      release();
    },
  };
}

/** Good for one uninterrupted watch: between two of the same filesystem anything may have changed. */
function epochOf({ name, bootId, mount }: FilesystemIdentity): string {
  return [name, bootId, mount.id, randomUUID()].join('/');
}

const unseen = 'This place is mounted where only others can see it.';

/** Null for a mount that is in no list: taken away, or of another mount namespace. */
function identityOf(system: TrackingSystem, fd: number): FilesystemIdentity | null {
  try {
    return system.identify(fd);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function refusal(message: string, mount: Mount | null): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message,
    guidance: 'It is taken by another method, where one fits.',
    context: mount === null ? {} : { where: mount.mountPoint },
  });
}
