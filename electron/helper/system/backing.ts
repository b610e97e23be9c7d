import { readdirSync, readFileSync, statSync } from 'node:fs';
import { hasCode } from './errno.ts';
import { deviceNumber, listMounts, type Mount, mountOf } from './mounts.ts';

/** One step down from a filesystem towards hardware. */
export type BackingLayer =
  | { readonly kind: 'device'; readonly name: string; readonly number: string }
  /** A loop device's file, and the mount it lies on. `mount` is null when the file cannot be found from here. */
  | { readonly kind: 'file'; readonly device: string; readonly path: string; readonly mount: Mount | null };

/**
 * Everything below a mount, nearest first: partitions, device mapper, md and loop devices, files behind loop devices and
 * in turn what is below those. Empty for filesystems without a device (network, FUSE, tmpfs).
 */
export function backingOf(mount: Mount): BackingLayer[] {
  const layers: BackingLayer[] = [];
  const seen = new Set<string>();
  const pending = deviceNumbersOf(mount);
  for (let number = pending.shift(); number !== undefined; number = pending.shift()) {
    if (seen.has(number)) continue;
    seen.add(number);
    const directory = `/sys/dev/block/${number}`;
    const name = readText(`${directory}/uevent`)?.match(/^DEVNAME=(.+)$/m)?.[1];
    if (name === undefined) continue;
    layers.push({ kind: 'device', name, number });
    for (const slave of listNames(`${directory}/slaves`)) push(pending, readText(`${directory}/slaves/${slave}/dev`));
    if (readText(`${directory}/partition`) !== undefined) push(pending, readText(`${directory}/../dev`));
    const file = readText(`${directory}/loop/backing_file`);
    if (file === undefined) continue;
    const below = mountOrNull(file);
    layers.push({ kind: 'file', device: name, path: file, mount: below });
    if (below !== null) pending.push(...deviceNumbersOf(below));
  }
  return layers;
}

/** Devices a mount stands on directly. btrfs and others show an invented number; their source names the node. */
function deviceNumbersOf(mount: Mount): string[] {
  if (mount.major !== 0) return [deviceNumber(mount)];
  if (!mount.source.startsWith('/dev/')) return [];
  try {
    const { rdev } = statSync(mount.source, { bigint: true });
    return [`${((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn)}:${(rdev & 0xffn) | ((rdev >> 12n) & ~0xffn)}`];
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES')) return [];
    throw error;
  }
}

export interface LoopDevice {
  /** `loop0` */
  readonly name: string;
  readonly number: string;
  readonly backingFile: string;
  /** The mount the file lies on; null when it cannot be found from here (deleted, or in another mount namespace). */
  readonly fileMount: Mount | null;
}

/** Loop devices in use. A write through one changes its file unseen by fanotify. */
export function loopDevices(): LoopDevice[] {
  const found: LoopDevice[] = [];
  for (const name of listNames('/sys/block')) {
    if (!/^loop\d+$/.test(name)) continue;
    const backingFile = readText(`/sys/block/${name}/loop/backing_file`);
    const number = readText(`/sys/block/${name}/dev`);
    if (backingFile === undefined || number === undefined) continue;
    found.push({ name, number, backingFile, fileMount: mountOrNull(backingFile) });
  }
  return found;
}

/** Mounts whose data lies, at any depth, in files of this mount's filesystem: to be frozen before it, thawed after. */
export function mountsBackedBy(mount: Mount): Mount[] {
  const isOurs = (other: Mount | null): boolean =>
    other !== null && other.major === mount.major && other.minor === mount.minor;
  return listMounts().filter(
    (each) => !isOurs(each) && backingOf(each).some((layer) => layer.kind === 'file' && isOurs(layer.mount)),
  );
}

function mountOrNull(path: string): Mount | null {
  try {
    return mountOf(path);
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ENXIO', 'ENODEV', 'EACCES')) return undefined;
    throw error;
  }
}

function listNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES')) return [];
    throw error;
  }
}

function push(list: string[], value: string | undefined): void {
  if (value !== undefined && value !== '') list.push(value);
}
