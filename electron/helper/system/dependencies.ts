import { backingOf } from './backing.ts';
import { deviceNumber, type Mount, mountOf } from './mounts.ts';

/**
 * The filesystems a path needs for being written or read, by device number (`8:1`): its own, those that hold the files
 * behind loop devices it stands on, and the layers of overlays. A path that is not there stands on its nearest parent.
 */
export function filesystemsUnder(path: string): ReadonlySet<string> {
  const found = new Set<string>();
  const pending: Mount[] = [mountOfNearest(path)];
  for (let mount = pending.pop(); mount !== undefined; mount = pending.pop()) {
    const number = deviceNumber(mount);
    if (found.has(number)) continue;
    found.add(number);
    for (const layer of backingOf(mount)) if (layer.kind === 'file' && layer.mount !== null) pending.push(layer.mount);
    for (const directory of overlayLayers(mount)) pending.push(mountOfNearest(directory));
  }
  return found;
}

function mountOfNearest(path: string): Mount {
  for (let current = path; ; current = current.slice(0, current.lastIndexOf('/')) || '/') {
    try {
      return mountOf(current);
    } catch (error) {
      if (current === '/' || !(error instanceof Error)) throw error;
    }
  }
}

/** Source: Documentation/filesystems/overlayfs.rst. Paths that mean nothing in this mount namespace lead to `/`. */
function overlayLayers(mount: Mount): string[] {
  if (mount.fsType !== 'overlay') return [];
  return mount.superOptions.flatMap((option) => {
    const [, name, value] = /^(lowerdir\+?|upperdir|workdir|datadir\+?)=(.+)$/.exec(option) ?? [];
    if (name === undefined || value === undefined) return [];
    return value.split(':').filter((path) => path.startsWith('/'));
  });
}
