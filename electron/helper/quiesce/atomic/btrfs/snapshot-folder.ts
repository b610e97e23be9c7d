import { closeSync, constants, mkdirSync } from 'node:fs';
import { isSnapshotFolder, snapshotFolderMode, snapshotFolderName } from '../../../sources/filesystem/own-snapshots.ts';
import { hasCode } from '../../../system/errno.ts';
import { openDetachedMount } from '../../../system/mount-calls.ts';
import { openAt } from '../../../system/open-at.ts';
import { entryOf } from '../../../system/openat2.ts';
import { statxDescriptor } from '../../../system/statx.ts';
import { notMade } from '../words.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
export const topmostSubvolume = 5n;

/** The root folder of one subvolume of a mounted btrfs, whatever of it is mounted, in a mount that nobody else sees. */
export function openSubvolume(device: string, id: bigint): Promise<number> {
  return openDetachedMount({ type: 'btrfs', source: device, options: { subvolid: String(id) }, isReadOnly: false });
}

/**
 * The folder for our snapshots, made if need be, in the topmost subvolume, where nothing but a mount of the whole shows it.
 * It stays: making it anew for each run would change the times of the folder above. Throws `freeze-refused` when somebody
 * else's is in its place.
 */
export async function makeSnapshotFolder(device: string): Promise<number> {
  const top = await openSubvolume(device, topmostSubvolume);
  try {
    makeFolder(top);
    const fd = openAt(top, snapshotFolderName, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (isSnapshotFolder(Buffer.from(snapshotFolderName), statxDescriptor(fd))) return fd;
    closeSync(fd);
    throw notOurs();
  } catch (error) {
    throw hasCode(error, 'ENOTDIR', 'ELOOP') ? notOurs() : error;
  } finally {
    closeSync(top);
  }
}

/** What is in its place, whoever's it is by now: what is ours in it is known by itself. Null where there is no folder. */
export async function findSnapshotFolder(device: string): Promise<number | null> {
  const top = await openSubvolume(device, topmostSubvolume);
  try {
    return openAt(top, snapshotFolderName, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
    throw error;
  } finally {
    closeSync(top);
  }
}

function makeFolder(top: number): void {
  try {
    mkdirSync(entryOf(top, snapshotFolderName), { mode: snapshotFolderMode });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

function notOurs(): Error {
  return notMade(
    `${snapshotFolderName}, where snapshots are kept while they are read, is there already and belongs to somebody else.`,
    `Rename or remove ${snapshotFolderName} in the topmost folder of the filesystem.`,
  );
}
