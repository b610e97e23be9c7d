import { closeSync, constants } from 'node:fs';
import type { FilesystemFacts } from '../../../sources/filesystem/facts.ts';
import { hasDeviceMapper, type MappedDevice, mappedDevice } from '../../../system/device-mapper.ts';
import { hasCode } from '../../../system/errno.ts';
import { openDetachedMount } from '../../../system/mount-calls.ts';
import { deviceNumber } from '../../../system/mounts.ts';
import { openBeneath } from '../../../system/openat2.ts';
import { wallClockNs } from '../../ctime/granularity.ts';
import type { AtomicCopy, AtomicDriver, Obstacle } from '../driver.ts';
import type { SnapshotRecord } from '../records.ts';
import { pathInFilesystem } from '../source-path.ts';
import { complaintOf, systemTool, type Tool } from '../tool.ts';
import { didNotLast, notMade, sizeText, textOfError } from '../words.ts';
import { copySpace } from './copy-space.ts';
import { failed, isMappedAs, type LogicalVolume, listVolumes } from './lvm-report.ts';

const { O_RDONLY, O_DIRECTORY } = constants;

/** Every snapshot of ours bears it. */
export const ourTag = 'stillpoint';
/** A pool this full may run over by a snapshot alone. */
const fullestPoolPercent = 90;

export interface LvmParts {
  readonly lvm: Tool;
  readonly mappedDevice: (number: string) => MappedDevice | undefined;
  readonly hasDeviceMapper: () => boolean;
  readonly openMount: typeof openDetachedMount;
}

const realParts: LvmParts = {
  lvm: systemTool('lvm', { LVM_SUPPRESS_FD_WARNINGS: '1' }),
  mappedDevice,
  hasDeviceMapper,
  openMount: openDetachedMount,
};

/**
 * Filesystems that are frozen by the kernel while LVM takes a snapshot below them, and how the copy is mounted. A frozen ext
 * has nothing left in its journal: mounted without leave to skip it, a copy that was not frozen is refused by the kernel.
 * xfs always keeps a record in its log, and would not mount beside its original because of its uuid.
 */
const mountOptions: Readonly<Record<string, Readonly<Record<string, true>>>> = {
  ext4: {},
  xfs: { norecovery: true, nouuid: true },
};
const thickTypes: ReadonlySet<string> = new Set([
  ...['linear', 'striped', 'mirror', 'raid0', 'raid1', 'raid4', 'raid5', 'raid6', 'raid10', 'cache'],
]);

/**
 * A read-only snapshot of the logical volume below the source's filesystem, thin or thick, made by LVM's own tools.
 *
 * `oraclesPassed` is true: the kernel freezes the filesystem while LVM switches the volume over, and `testing/guest-check.ts`
 * finds every copy an exact prefix, unsynced renames and mapped stores included, on thick and thin volumes with ext4 and xfs.
 * Counts are in README.md; a kind of filesystem that was not judged so is refused.
 */
export function lvmDriver(parts: LvmParts = realParts): AtomicDriver {
  const { lvm } = parts;
  return {
    method: 'lvm-snapshot',
    kind: 'LVM',
    oraclesPassed: true,
    expectedStallMs: 200,
    holdsWriters: true,
    obstacles: (facts) => obstacles(facts, parts),
    limits: (facts) => limits(facts),
    plan: async (facts) => {
      const volume = await volumeUnder(facts, parts);
      const space = volume.segmentType === 'thin' ? 0 : copySpace(volume).wanted;
      const { group, name, groupUuid, uuid } = volume;
      return { group: groupUuid, volume: uuid, name: `${group}/${name}`, space: String(space) };
    },
    take: (facts, _sourceFd, record, note) => take(facts, record, note, parts),
    remove: (record) => remove(record, lvm),
  };
}

async function obstacles(facts: FilesystemFacts, parts: LvmParts): Promise<readonly Obstacle[]> {
  const mapped = parts.mappedDevice(deviceNumber(facts.mount));
  if (mapped === undefined) return [{ reason: `${facts.device} is no logical volume.`, isForeign: true }];
  if (mapped.uuid.startsWith('CRYPT-'))
    return [
      { reason: `${facts.device} is encrypted above its volume; LVM’s copy would not be readable without the key.` },
    ];
  if (!mapped.uuid.startsWith('LVM-')) return [{ reason: `${facts.device} is mapped by something other than LVM.` }];
  if (facts.filesystem === 'btrfs')
    return [{ reason: 'A btrfs cannot be mounted beside a copy of itself; its own snapshots do the same.' }];
  if (mountOptions[facts.filesystem] === undefined)
    return [{ reason: `It is not known whether LVM holds ${facts.filesystem} still while it takes a snapshot.` }];
  if (!parts.lvm.isInstalled()) return [{ reason: 'The tools of LVM (lvm2) are not installed.' }];
  if (!parts.hasDeviceMapper())
    return [{ reason: 'The kernel’s device mapper cannot be reached from here (/dev/mapper/control is missing).' }];
  try {
    const volumes = await listVolumes(parts.lvm);
    const volume = volumes.find((each) => isMappedAs(each, mapped.uuid));
    if (volume === undefined) return [{ reason: `LVM does not know the volume ${mapped.name}.` }];
    return volumeObstacles(volume, volumes);
  } catch (error) {
    return [{ reason: textOfError(error) }];
  }
}

function volumeObstacles(volume: LogicalVolume, volumes: readonly LogicalVolume[]): readonly Obstacle[] {
  const called = `${volume.group}/${volume.name}`;
  if (volume.segmentType === 'thin') return poolObstacles(volume, volumes);
  if (volume.originUuid !== '') return [{ reason: `${called} is a snapshot itself, and LVM takes none of those.` }];
  if (!thickTypes.has(volume.segmentType))
    return [{ reason: `LVM takes no snapshot of a volume of the kind ${volume.segmentType} (${called}).` }];
  const { least } = copySpace(volume);
  if (volume.groupFreeBytes >= least) return [];
  return [
    {
      reason: `The volume group ${volume.group} has ${sizeText(volume.groupFreeBytes)} free; at least ${sizeText(least)} are needed to keep what is overwritten meanwhile.`,
      remedy: 'free-space',
    },
  ];
}

function poolObstacles(volume: LogicalVolume, volumes: readonly LogicalVolume[]): readonly Obstacle[] {
  const pool = volumes.find(({ group, name }) => group === volume.group && name === volume.pool);
  const fullest = Math.max(pool?.dataPercent ?? 0, pool?.metadataPercent ?? 0);
  if (fullest < fullestPoolPercent) return [];
  return [
    {
      reason: `The thin pool ${volume.group}/${volume.pool} is ${Math.floor(fullest)} % full; a snapshot could make it run over.`,
      remedy: 'free-space',
    },
  ];
}

function limits(facts: FilesystemFacts): string[] {
  const reasons = ['Programs inside recover as after a power cut.'];
  if (facts.mountPoint !== facts.location)
    reasons.push(
      `Everybody who writes anywhere on ${facts.mountPoint} waits while it is made, not only to this folder.`,
    );
  return reasons;
}

async function volumeUnder(facts: FilesystemFacts, parts: LvmParts): Promise<LogicalVolume> {
  const mapped = parts.mappedDevice(deviceNumber(facts.mount));
  const volume = (await listVolumes(parts.lvm)).find((each) => mapped !== undefined && isMappedAs(each, mapped.uuid));
  if (volume !== undefined) return volume;
  throw notMade(`${facts.device} is not a volume that LVM knows any more.`, 'Look at it with lvs, then try again.');
}

async function take(
  facts: FilesystemFacts,
  record: SnapshotRecord,
  note: (facts: Readonly<Record<string, string>>) => void,
  parts: LvmParts,
): Promise<AtomicCopy> {
  const { name: origin = '', space: planned = '0' } = record.place;
  const space = Number(planned);
  const isThin = space === 0;
  const kindOf = isThin ? ['--setactivationskip', 'n'] : ['--size', `${space}b`];
  const askedNs = wallClockNs();
  const made = await parts.lvm.run([
    ...['lvcreate', '--yes', '--snapshot', '--permission', 'r', '--addtag', ourTag],
    ...['--name', record.mark, ...kindOf, origin],
  ]);
  const madeNs = wallClockNs() + 1_000_000n;
  if (made.exitCode !== 0) throw failed('made no snapshot', complaintOf(made));
  const snapshot = (await listVolumes(parts.lvm)).find((each) => isOurs(each, record));
  if (snapshot === undefined) throw failed('made a snapshot that is not there', '');
  note({ uuid: snapshot.uuid });
  let mountFd: number | undefined;
  return {
    askedNs,
    madeNs,
    detail: { volume: origin, thin: isThin, copySpace: space },
    openRoot: async () => {
      mountFd = await mountCopy(facts, snapshot, parts);
      return openSourceRoot(mountFd, facts);
    },
    check: () => requireWhole(snapshot, parts.lvm),
    close: () => {
      if (mountFd !== undefined) closeSync(mountFd);
      mountFd = undefined;
    },
  };
}

async function mountCopy(facts: FilesystemFacts, snapshot: LogicalVolume, parts: LvmParts): Promise<number> {
  const { filesystem: type } = facts;
  try {
    const options = mountOptions[type] ?? {};
    return await parts.openMount({ type, source: snapshot.path, options, isReadOnly: true });
  } catch (error) {
    throw notMade(
      `LVM’s copy of ${facts.mountPoint} cannot be mounted (${textOfError(error)}), so it may not have been made of a filesystem at rest.`,
      'Look at what the kernel says of it (dmesg), then try again.',
      error,
    );
  }
}

function openSourceRoot(mountFd: number, facts: FilesystemFacts): number {
  const path = pathInFilesystem(facts);
  try {
    return openBeneath(mountFd, path.length === 0 ? '.' : path, O_RDONLY | O_DIRECTORY, { sameMount: true });
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'EXDEV', 'ELOOP')) throw error;
    throw notMade(
      `${facts.location} is not in the copy where it was in the original.`,
      'It may have been moved at that moment. Try again.',
      error,
    );
  }
}

/** A thick snapshot whose space has run out holds nothing any more, and says so. */
async function requireWhole(snapshot: LogicalVolume, lvm: Tool): Promise<void> {
  const now = (await listVolumes(lvm)).find(({ uuid }) => uuid === snapshot.uuid);
  if (now === undefined)
    throw didNotLast(
      'The snapshot was removed by somebody else while it was read.',
      'Leave volumes alone whose names begin with stillpoint-, then try again.',
    );
  const isThick = now.pool === '';
  if (!now.isInvalidSnapshot && !(isThick && (now.dataPercent ?? 0) >= 100)) return;
  throw didNotLast(
    'So much was written meanwhile that the space for the snapshot ran out, and it became invalid.',
    `Keep more of the volume group ${now.group} free, or back up at a quieter time.`,
  );
}

async function remove(record: SnapshotRecord, lvm: Tool): Promise<'removed' | 'gone' | 'absent'> {
  if (!lvm.isInstalled()) return 'absent';
  const volumes = await listVolumes(lvm);
  if (!volumes.some(({ groupUuid }) => groupUuid === record.place.group)) return 'absent';
  await resume(record, volumes, lvm);
  const found = volumes.find((each) => isOurs(each, record));
  if (found === undefined) return 'gone';
  const result = await lvm.run(['lvremove', '--yes', `${found.group}/${found.name}`]);
  if (result.exitCode !== 0) throw failed('did not remove a snapshot', complaintOf(result));
  return 'removed';
}

/**
 * A crash in the middle of making one can leave the original suspended. LVM locks the group while it works: what is
 * suspended when it answers was left so; and the record tells that it was by us.
 */
async function resume(record: SnapshotRecord, volumes: readonly LogicalVolume[], lvm: Tool): Promise<void> {
  const origin = volumes.find(({ uuid }) => uuid === record.place.volume);
  if (record.place.uuid !== undefined || origin?.isSuspended !== true) return;
  const result = await lvm.run(['lvchange', '--refresh', `${origin.group}/${origin.name}`]);
  if (result.exitCode !== 0) throw failed('did not resume a volume', complaintOf(result));
}

/** Our name, our tag, in that group, of that volume; and the very one, once its identity was written down. */
function isOurs(volume: LogicalVolume, { mark, place }: SnapshotRecord): boolean {
  const isMarked = volume.name === mark && volume.tags.includes(ourTag);
  const isOfIts = volume.groupUuid === place.group && volume.originUuid === place.volume;
  return isMarked && isOfIts && (place.uuid === undefined || volume.uuid === place.uuid);
}
