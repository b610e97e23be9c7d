import { closeSync, constants, openSync, readFileSync, statSync } from 'node:fs';
import { StillpointError } from '../../../../../shared/errors/index.ts';
import type { FilesystemFacts } from '../../../sources/filesystem/facts.ts';
import {
  btrfsIdentity,
  createReadOnlySnapshot,
  deleteSubvolume,
  pathOfInode,
  type SubvolumeInfo,
  subvolumeInfo,
} from '../../../system/btrfs.ts';
import { hasCode } from '../../../system/errno.ts';
import { kernelRelease } from '../../../system/machine.ts';
import { listMounts, mountsOfSameFilesystem } from '../../../system/mounts.ts';
import { openAt } from '../../../system/open-at.ts';
import { openBeneath } from '../../../system/openat2.ts';
import { spaceOf } from '../../../system/space.ts';
import { wallClockNs } from '../../ctime/granularity.ts';
import type { AtomicCopy, AtomicDriver, Obstacle } from '../driver.ts';
import type { SnapshotRecord } from '../records.ts';
import { didNotLast, notMade, sizeText } from '../words.ts';
import { findSnapshotFolder, makeSnapshotFolder, openSubvolume } from './snapshot-folder.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/** What a snapshot itself needs is little; a btrfs with less than this left is about to refuse everything. */
const leastFreeBytes = 8 * 1024 * 1024;

export interface BtrfsConditions {
  readonly kernel: () => { readonly major: number; readonly minor: number };
  /** Paths of swap files in use. */
  readonly swapFiles: () => readonly string[];
  readonly availableBytes: (path: string) => bigint;
}

const realConditions: BtrfsConditions = {
  kernel: kernelRelease,
  swapFiles: swapFilesInUse,
  availableBytes: (path) => spaceOf(path).available,
};

/**
 * A read-only snapshot of the subvolume that holds the source, made by the kernel's own calls.
 *
 * `oraclesPassed` is false: the kernel writes out what is dirty, and commits a little later; a rename or a new name made in
 * between is in the snapshot, a write before it need not be. Measured: see README.md.
 */
export function btrfsDriver(conditions: BtrfsConditions = realConditions): AtomicDriver {
  return {
    method: 'btrfs-snapshot',
    kind: 'btrfs',
    oraclesPassed: false,
    expectedStallMs: 40,
    holdsWriters: false,
    obstacles: async (facts) => obstacles(facts, conditions),
    limits,
    plan: async (_facts, sourceFd) => {
      const { id, uuid } = subvolumeInfo(sourceFd);
      return { filesystem: btrfsIdentity(sourceFd).id, subvolume: String(id), subvolumeUuid: uuid };
    },
    take,
    remove,
  };
}

function obstacles(facts: FilesystemFacts, conditions: BtrfsConditions): Obstacle[] {
  if (facts.mount.fsType !== 'btrfs')
    return [{ reason: `${facts.filesystem} is no btrfs, and has no snapshots of this kind.`, isForeign: true }];
  const found: Obstacle[] = [];
  const { major, minor } = conditions.kernel();
  if (major < 5 || (major === 5 && minor < 7))
    found.push({ reason: `Linux ${major}.${minor} cannot remove a snapshot safely; 5.7 or later is needed.` });
  if (facts.mount.superOptions.includes('ro'))
    found.push({ reason: 'The filesystem is read-only, so no snapshot can be made on it.' });
  const swap = conditions.swapFiles().find((path) => isOnSubvolume(path, facts.deviceId));
  if (swap !== undefined)
    found.push({ reason: `${swap} is in use as a swap file; btrfs makes no snapshot of a subvolume that holds one.` });
  const available = conditions.availableBytes(facts.location);
  if (available < BigInt(leastFreeBytes))
    found.push({
      reason: `Only ${sizeText(Number(available))} are free on ${facts.mountPoint}; a snapshot needs ${sizeText(leastFreeBytes)}.`,
      remedy: 'free-space',
    });
  return found;
}

/** Each subvolume has a device number of its own. */
function isOnSubvolume(path: string, deviceId: bigint): boolean {
  try {
    return statSync(path, { bigint: true }).dev === deviceId;
  } catch {
    return false;
  }
}

/** Source: proc_swaps(5); a swap partition is no file. */
function swapFilesInUse(): readonly string[] {
  return readFileSync('/proc/swaps', 'utf8')
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const match = /^(\S+)\s+file\s/.exec(line);
      return match?.[1] === undefined ? [] : [match[1].replaceAll('\\040', ' ')];
    });
}

function limits(facts: FilesystemFacts): string[] {
  const reasons = [
    'Nobody is held: what is being written at that moment may be there in part, as after a power cut; what was finished before is all there.',
  ];
  const inner = facts.leftOut.filter(({ reason }) => reason.startsWith('A subvolume of its own'));
  const example = inner[0]?.path;
  if (inner.length === 1)
    reasons.push(
      `One subvolume inside (${example}) would be from another moment and is left out; add it as a source of its own.`,
    );
  if (inner.length > 1)
    reasons.push(
      `${inner.length} subvolumes inside (for example ${example}) would be from another moment and are left out; add them as sources of their own.`,
    );
  return reasons;
}

async function take(
  facts: FilesystemFacts,
  sourceFd: number,
  record: SnapshotRecord,
  note: (facts: Readonly<Record<string, string>>) => void,
): Promise<AtomicCopy> {
  const source = subvolumeInfo(sourceFd);
  const { device } = btrfsIdentity(sourceFd);
  const folder = await makeSnapshotFolder(device);
  try {
    const askedNs = await snapshotInto(folder, record.mark, device, source, facts);
    const madeNs = wallClockNs() + 1_000_000n;
    const fd = openAt(folder, record.mark, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    const made = subvolumeInfo(fd);
    note({ uuid: made.uuid });
    return {
      askedNs,
      madeNs,
      detail: { snapshotGeneration: Number(made.madeInGeneration), snapshotUuid: made.uuid },
      openRoot: async () => openSourceRoot(fd, facts),
      check: async () => requireThere(fd, made),
      close: () => closeSync(fd),
    };
  } finally {
    closeSync(folder);
  }
}

async function snapshotInto(
  folder: number,
  name: string,
  device: string,
  source: SubvolumeInfo,
  facts: FilesystemFacts,
): Promise<bigint> {
  const subvolume = await openSubvolume(device, source.id);
  try {
    const askedNs = wallClockNs();
    await createReadOnlySnapshot(folder, name, subvolume);
    return askedNs;
  } catch (error) {
    if (hasCode(error, 'ENOSPC', 'EDQUOT'))
      throw notMade(`There is no room for a snapshot on ${facts.mountPoint}.`, 'Free some space there.', error);
    if (hasCode(error, 'ETXTBSY'))
      throw notMade(
        'A swap file in use lies in the same subvolume; btrfs makes no snapshot of it.',
        'Keep the swap file in a subvolume of its own.',
        error,
      );
    if (hasCode(error, 'EROFS'))
      throw notMade(`${facts.mountPoint} has become read-only.`, 'Look for what the kernel says of its disk.', error);
    throw error;
  } finally {
    closeSync(subvolume);
  }
}

function openSourceRoot(snapshotFd: number, facts: FilesystemFacts): number {
  try {
    const path = pathOfInode(snapshotFd, facts.inode);
    return openBeneath(snapshotFd, path.length === 0 ? '.' : path, O_RDONLY | O_DIRECTORY, { sameMount: true });
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    throw new StillpointError({
      kind: 'source-changed-identity',
      message: `${facts.location} is not in the snapshot that was made of it.`,
      guidance: 'It was removed at that moment, or replaced. Check it, then try again.',
      retryable: true,
      cause: error,
    });
  }
}

/** A snapshot that somebody removes, or makes writable, is not what it was. */
function requireThere(fd: number, made: SubvolumeInfo): void {
  let now: SubvolumeInfo | undefined;
  try {
    now = subvolumeInfo(fd);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ESTALE')) throw error;
  }
  if (now?.uuid === made.uuid && now.isReadOnly && now.generation === made.generation) return;
  throw didNotLast(
    'The snapshot was removed or changed by somebody else while it was read.',
    'Leave snapshots alone whose names begin with stillpoint-, then try again.',
  );
}

async function remove(record: SnapshotRecord): Promise<'removed' | 'gone' | 'absent'> {
  const device = deviceOf(record.place.filesystem ?? '');
  if (device === undefined) return 'absent';
  const folder = await findSnapshotFolder(device);
  if (folder === null) return 'gone';
  try {
    const found = lookAt(folder, record.mark);
    if (found === undefined || !isOurs(found, record)) return 'gone';
    await deleteSubvolume(folder, found.id);
    return 'removed';
  } finally {
    closeSync(folder);
  }
}

/** By its own identity, never by where it was mounted: another disk may be there by now. */
function deviceOf(filesystem: string): string | undefined {
  const seen = new Set<string>();
  for (const mount of listMounts()) {
    const number = `${mount.major}:${mount.minor}`;
    if (mount.fsType !== 'btrfs' || seen.has(number)) continue;
    for (const { mountPoint } of mountsOfSameFilesystem(mount)) {
      try {
        const fd = openSync(mountPoint, O_RDONLY);
        try {
          const { id, device } = btrfsIdentity(fd);
          seen.add(number);
          if (id === filesystem) return device;
          break;
        } finally {
          closeSync(fd);
        }
      } catch {
        // Hidden under another mount, or a single file: the next one may be reached.
      }
    }
  }
  return undefined;
}

function lookAt(folder: number, name: string): SubvolumeInfo | undefined {
  try {
    const fd = openAt(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    try {
      return subvolumeInfo(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined;
    throw error;
  }
}

/** The very snapshot that was made; where a crash came before its identity was written down, one of that subvolume. */
function isOurs(found: SubvolumeInfo, { mark, place }: SnapshotRecord): boolean {
  if (found.name !== mark) return false;
  const uuid = place.uuid;
  return uuid === undefined ? found.parentUuid === place.subvolumeUuid : found.uuid === uuid;
}
