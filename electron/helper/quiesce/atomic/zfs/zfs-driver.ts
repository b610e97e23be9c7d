import { constants } from 'node:fs';
import type { FilesystemFacts } from '../../../sources/filesystem/facts.ts';
import { hasCode } from '../../../system/errno.ts';
import { plainFileOps } from '../../../system/file-ops.ts';
import { listMounts, type Mount } from '../../../system/mounts.ts';
import { openBeneath } from '../../../system/openat2.ts';
import { wallClockNs } from '../../ctime/granularity.ts';
import type { AtomicCopy, AtomicDriver, Obstacle } from '../driver.ts';
import type { SnapshotRecord } from '../records.ts';
import { pathInFilesystem } from '../source-path.ts';
import { complaintOf, systemTool, type Tool } from '../tool.ts';
import { didNotLast, notMade } from '../words.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/** A property of our own: every snapshot of ours bears its mark there. Source: zfsprops(7), user properties. */
const ourProperty = 'net.stillpoint:mark';

export interface ZfsParts {
  readonly zfs: Tool;
  readonly mounts: () => readonly Mount[];
}

const realParts: ZfsParts = { zfs: systemTool('zfs'), mounts: listMounts };

/**
 * A snapshot of the dataset that holds the source, read through its `.zfs` folder.
 *
 * `oraclesPassed` is false: the oracles were never run on ZFS. A snapshot is of one transaction group, so that what write(2)
 * and rename(2) had finished is in it in order; pages that a program stores into through memory reach it only when they
 * are written out, and the flush before it does not keep new ones from being stored.
 */
export function zfsDriver(parts: ZfsParts = realParts): AtomicDriver {
  return {
    method: 'zfs-snapshot',
    kind: 'ZFS',
    oraclesPassed: false,
    expectedStallMs: 50,
    holdsWriters: false,
    obstacles: async (facts) => obstacles(facts, parts),
    limits: () => [
      'Nobody is held: what programs keep in mapped memory at that moment may be there in part, as after a power cut.',
    ],
    plan: async (facts) => ({ dataset: facts.mount.source }),
    take: (facts, _sourceFd, record, note) => take(facts, record, note, parts),
    remove: (record) => remove(record, parts.zfs),
  };
}

function obstacles(facts: FilesystemFacts, { zfs, mounts }: ZfsParts): readonly Obstacle[] {
  if (facts.mount.fsType !== 'zfs')
    return [{ reason: `${facts.filesystem} is no ZFS, and has no snapshots of this kind.`, isForeign: true }];
  if (!zfs.isInstalled()) return [{ reason: 'The tools of ZFS (zfsutils) are not installed.' }];
  if (facts.mount.source.includes('@')) return [{ reason: `${facts.mount.source} is a snapshot already.` }];
  if (wholeMount(facts, mounts()) === undefined)
    return [
      {
        reason: `Only a part of ${facts.mount.source} is mounted here; its snapshots are shown in its topmost folder.`,
      },
    ];
  return [];
}

/** Snapshots are shown below the topmost folder of a dataset only. */
function wholeMount(facts: FilesystemFacts, mounts: readonly Mount[]): Mount | undefined {
  return mounts.find(({ fsType, source, root }) => fsType === 'zfs' && source === facts.mount.source && root === '/');
}

async function take(
  facts: FilesystemFacts,
  record: SnapshotRecord,
  note: (facts: Readonly<Record<string, string>>) => void,
  { zfs, mounts }: ZfsParts,
): Promise<AtomicCopy> {
  const name = nameOf(record);
  const askedNs = wallClockNs();
  const made = await zfs.run(['snapshot', '-o', `${ourProperty}=${record.mark}`, name]);
  const madeNs = wallClockNs() + 1_000_000n;
  if (made.exitCode !== 0) throw failed('made no snapshot', complaintOf(made));
  const identity = await identityOf(name, zfs);
  if (identity?.mark !== record.mark) throw failed('made a snapshot that is not there', '');
  note({ guid: identity.guid });
  return {
    askedNs,
    madeNs,
    detail: { dataset: facts.mount.source, snapshotGuid: identity.guid },
    openRoot: async () => {
      const whole = wholeMount(facts, mounts());
      if (whole === undefined) throw failed('shows the snapshot nowhere', '');
      return openSourceRoot(whole.mountPoint, record.mark, facts);
    },
    check: async () => {
      if ((await identityOf(name, zfs))?.guid === identity.guid) return;
      throw didNotLast(
        'The snapshot was removed by somebody else while it was read.',
        'Leave snapshots alone whose names begin with stillpoint-, then try again.',
      );
    },
    close: () => {},
  };
}

/** ZFS mounts a snapshot when somebody goes into its folder: to open what is in it is enough. */
function openSourceRoot(mountPoint: string, mark: string, facts: FilesystemFacts): number {
  const top = plainFileOps.openSync(`${mountPoint}/.zfs/snapshot/${mark}/.`, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  const path = pathInFilesystem(facts);
  try {
    return openBeneath(top, path.length === 0 ? '.' : path, O_RDONLY | O_DIRECTORY, { sameMount: true });
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'EXDEV', 'ELOOP')) throw error;
    throw notMade(
      `${facts.location} is not in the snapshot where it was in the original.`,
      'It may have been moved at that moment. Try again.',
      error,
    );
  } finally {
    plainFileOps.closeSync(top);
  }
}

async function remove(record: SnapshotRecord, zfs: Tool): Promise<'removed' | 'gone' | 'absent'> {
  if (!zfs.isInstalled()) return 'absent';
  const dataset = record.place.dataset ?? '';
  const there = await zfs.run(['list', '-H', '-o', 'name', dataset]);
  if (there.exitCode !== 0) return 'absent';
  const name = nameOf(record);
  const identity = await identityOf(name, zfs);
  const guid = record.place.guid;
  if (identity?.mark !== record.mark || (guid !== undefined && identity.guid !== guid)) return 'gone';
  const result = await zfs.run(['destroy', name]);
  if (result.exitCode !== 0) throw failed('did not remove a snapshot', complaintOf(result));
  return 'removed';
}

/** Undefined where there is no such snapshot. */
async function identityOf(name: string, zfs: Tool): Promise<{ guid: string; mark: string } | undefined> {
  const result = await zfs.run(['list', '-H', '-t', 'snapshot', '-o', `guid,${ourProperty}`, name]);
  if (result.exitCode !== 0) return undefined;
  const [guid, mark] = result.stdout.toString().trim().split('\t');
  return guid === undefined || mark === undefined ? undefined : { guid, mark };
}

function nameOf({ mark, place }: SnapshotRecord): string {
  return `${place.dataset ?? ''}@${mark}`;
}

function failed(what: string, complaint: string): Error {
  return notMade(`ZFS ${what}${complaint === '' ? '.' : `: ${complaint}`}`, 'The message is ZFS’s own.');
}
