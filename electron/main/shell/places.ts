import { readFile, readlink, realpath, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Mount, parseMountinfo } from './mountinfo.ts';

export interface Disk {
  readonly path: string;
  readonly label: string;
  readonly filesystem: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly removable: boolean;
}

/** Where desktops and people mount what they plug in. */
const externalPlaces = /^\/(media|run\/media|mnt)\//;

/** Disks worth offering for a repository: writable, and plugged in. Never rejects; a disk that does not answer is left out. */
export async function externalDisks(): Promise<Disk[]> {
  const text = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const found = await Promise.all(offered(parseMountinfo(text)).map(describe));
  return found.filter((disk) => disk !== undefined);
}

/** Block devices only: asking a network or FUSE mount that is gone would hang. The last mount on a place is the one seen. */
export function offered(mounts: readonly Mount[]): Mount[] {
  const visible = [...new Map(mounts.map((mount) => [mount.mountPoint, mount])).values()];
  const disks = visible.filter(({ device, readOnly }) => device.startsWith('/dev/') && !readOnly);
  // One disk mounted in several places is offered once, at the shortest of them.
  const shortestFirst = disks.toSorted((a, b) => a.mountPoint.length - b.mountPoint.length);
  return shortestFirst.filter((mount, at) => shortestFirst.findIndex(({ device }) => device === mount.device) === at);
}

async function describe(mount: Mount): Promise<Disk | undefined> {
  try {
    const removable = await isRemovable(mount.number);
    if (!removable && !externalPlaces.test(mount.mountPoint)) return undefined;
    const { bavail, blocks, bsize } = await statfs(mount.mountPoint);
    return {
      path: mount.mountPoint,
      label: basename(mount.mountPoint) || mount.mountPoint,
      filesystem: mount.filesystem,
      freeBytes: bavail * bsize,
      totalBytes: blocks * bsize,
      removable,
    };
  } catch {
    return undefined;
  }
}

/** The disk says so itself, or it hangs on USB. A partition's disk is the folder above it. */
async function isRemovable(number: string): Promise<boolean> {
  const link = join('/sys/dev/block', number);
  if ((await readlink(link).catch(() => '')) === '') return false;
  const device = await realpath(link);
  if (/\/usb\d/.test(device)) return true;
  for (const folder of [device, dirname(device)]) {
    const flag = await readFile(join(folder, 'removable'), 'utf8').catch(() => '');
    if (flag.trim() === '1') return true;
  }
  return false;
}
