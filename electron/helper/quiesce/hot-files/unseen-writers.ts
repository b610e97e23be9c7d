import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode } from '../../system/errno.ts';
import { type ListenerInfo, listenerInfo } from '../../system/fanotify/index.ts';
import { unescapeOctal } from '../../system/mountinfo.ts';
import { upperPlaces } from '../../system/overlay-upper.ts';
import { pause } from '../pause.ts';
import type { HotFile } from './contract.ts';

/**
 * Writers that ask nobody, and that do not show as somebody's descriptor, mapping, loop device or swap either: a reason for
 * people, or null. Looks at all of /proc: not while anything is frozen. `overlooks`: these processes are ours, or known to do nothing of the kind.
 */
export async function unseenWriter(
  file: HotFile,
  overlooks: (pid: number) => boolean,
  signal: AbortSignal,
): Promise<string | null> {
  return storageTarget() ?? overlayAbove(file) ?? (await foreignListener(file, overlooks, signal));
}

/** Drivers that write to files from within the kernel, past the place of asking. */
function storageTarget(): string | null {
  const offered = [
    ...entriesOf('/sys/kernel/config/nvmet/subsystems'),
    ...entriesOf('/sys/kernel/config/target/core').filter((name) => name.startsWith('fileio_')),
  ];
  return offered.length === 0 ? null : 'This machine offers disks over a network, whose writes cannot be seen.';
}

/** What is mapped through an overlay is mapped below without a word. */
function overlayAbove(file: HotFile): string | null {
  const uppers = upperFolders();
  if (uppers.size === 0) return null;
  const problem = 'It lies in a container’s file system, where changes through memory cannot be seen.';
  try {
    for (let at = dirname(realpathSync(`/proc/self/fd/${file.fd}`)); ; at = dirname(at)) {
      const { dev, ino } = statSync(at, { bigint: true });
      if (uppers.has(`${dev}:${ino}`)) return problem;
      if (at === '/') return null;
    }
  } catch {
    return problem;
  }
}

/** Upper folders of all overlays in any mount namespace, by device and inode. */
function upperFolders(): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  for (const pid of entriesOf('/proc').filter((name) => /^\d+$/.test(name))) {
    const namespace = quietly(() => readlinkSync(`/proc/${pid}/ns/mnt`));
    if (namespace === undefined || seen.has(namespace)) continue;
    seen.add(namespace);
    const text = quietly(() => readFileSync(`/proc/${pid}/mountinfo`, 'utf8')) ?? '';
    for (const [, path = ''] of text.matchAll(/ - overlay .*?\bupperdir=([^,\s]+)/g)) {
      for (const place of upperPlaces(unescapeOctal(path), Number(pid)))
        if (place !== undefined) found.add(`${place.deviceId}:${place.inode}`);
    }
  }
  return found;
}

/**
 * Another group of fanotify on this filesystem that fills files before they are read, or that hands out descriptors open
 * for writing: what is written through these raises no event.
 */
async function foreignListener(
  file: HotFile,
  overlooks: (pid: number) => boolean,
  signal: AbortSignal,
): Promise<string | null> {
  let looked = 0;
  for (const pid of entriesOf('/proc').filter((name) => /^\d+$/.test(name))) {
    if (overlooks(Number(pid))) continue;
    const descriptors = descriptorsOf(pid);
    if (descriptors === undefined) return '1 program could not be looked at.';
    for (const fd of descriptors) {
      looked += 1;
      if (looked % 256 === 0) await pause(0, signal);
      if (quietly(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) !== 'anon_inode:[fanotify]') continue;
      const listener = listenerInfo(quietly(() => readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1')) ?? '');
      if (listener === undefined) continue;
      if ((listener.fills || listener.handsOutWriters) && concerns(listener, file))
        return 'Another program answers for accesses to this file system, and may change files unseen.';
    }
  }
  return null;
}

/** Undefined where they are kept from us. */
function descriptorsOf(pid: string): string[] | undefined {
  try {
    return readdirSync(`/proc/${pid}/fdinfo`);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return [];
    if (hasCode(error, 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}

/** Marks of whole mounts are not looked up, and btrfs has more devices than one. */
function concerns({ devices, mountIds }: ListenerInfo, { deviceId }: HotFile): boolean {
  if (mountIds.length > 0) return true;
  if (majorOf(deviceId) === 0n) return [...devices].some((device) => device.startsWith('0:'));
  return devices.has(`${majorOf(deviceId)}:${minorOf(deviceId)}`);
}

/** As stat encodes it. */
function majorOf(device: bigint): bigint {
  return ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n);
}

function minorOf(device: bigint): bigint {
  return (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
}

/** How often each loop device was set up and taken down, and which swap is on: to compare. */
export function attachments(): string {
  const loops = entriesOf('/sys/block')
    .filter((name) => /^loop\d/.test(name))
    .map((name) => `${name}:${quietly(() => readFileSync(`/sys/block/${name}/diskseq`, 'latin1'))?.trim()}`);
  const swaps = (quietly(() => readFileSync('/proc/swaps', 'latin1')) ?? '')
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s/)[0]);
  return [...loops, ...swaps].sort().join(' ');
}

function entriesOf(directory: string): string[] {
  return quietly(() => readdirSync(directory)) ?? [];
}

function quietly<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'EINVAL')) return undefined;
    throw error;
  }
}
