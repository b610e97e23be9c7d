import { readFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import { hasCode } from './errno.ts';
import { isInside, type Mount, parseMountinfo, unescapeOctal } from './mountinfo.ts';
import { deviceNumber, listMounts } from './mounts.ts';
import { statxCached } from './statx.ts';

/** Where an overlay filesystem keeps what is written to it. */
export type UpperPlace =
  /** On this filesystem; the path is valid here. */
  | { readonly where: 'here'; readonly directory: string }
  | { readonly where: 'elsewhere' }
  /** It was mounted from a place that cannot be seen from here, or that is another from there than from here. */
  | { readonly where: 'unknown' };

/**
 * `pid`: a process that sees the overlay. The option has the path as whoever mounted it knew it, in the mount namespace
 * it was mounted in: ours, or that of the process, and either may have another folder at that path. So a name that both
 * know has to mean the same to both, and one that is known here only counts where the overlay itself is seen here.
 */
export function overlayUpper(overlay: Mount, device: string, pid: number): UpperPlace {
  const path = upperPath(overlay);
  // Without one nothing can be written.
  if (path === null) return { where: 'elsewhere' };
  if (!path.startsWith('/')) return { where: 'unknown' };
  const [ours, theirs] = upperPlaces(path, pid);
  if (ours === undefined || (theirs === undefined && !isSeenHere(overlay))) return { where: 'unknown' };
  if (ours.device === null || theirs?.device === null) return { where: 'unknown' };
  const isHere = ours.device === device;
  if (theirs !== undefined && isHere !== (theirs.device === device)) return { where: 'unknown' };
  if (!isHere) return { where: 'elsewhere' };
  return theirs === undefined || theirs.inode === ours.inode
    ? { where: 'here', directory: path }
    : { where: 'unknown' };
}

/** Null where it has none. */
function upperPath({ superOptions }: Pick<Mount, 'superOptions'>): string | null {
  const option = superOptions.find((each) => each.startsWith('upperdir='));
  return option === undefined ? null : unescapeOctal(option.slice('upperdir='.length));
}

export interface PlaceOfUpper {
  /** Of its mount, `8:1`: the same for all subvolumes. Null where that is in no list: outside of a process's root. */
  readonly device: string | null;
  /** As st_dev of stat(2). */
  readonly deviceId: bigint;
  readonly inode: bigint;
}

/** What a path is to us, and to a process; undefined where it leads nowhere, or cannot be followed. */
export function upperPlaces(
  path: string,
  pid: number,
): readonly [ours: PlaceOfUpper | undefined, theirs: PlaceOfUpper | undefined] {
  return [placeOf('', 'self', path), placeOf(`/proc/${pid}/root`, pid, path)];
}

function placeOf(root: string, process: number | 'self', path: string): PlaceOfUpper | undefined {
  try {
    const { mountId, deviceId, inode } = statxCached(`${root}${path}`);
    const isIt = ({ id }: Mount): boolean => id === mountId;
    // A link on the way leads from their root into ours: then it is in our list.
    const mount = mountsOf(process).find(isIt) ?? listMounts().find(isIt);
    return { device: mount === undefined ? null : deviceNumber(mount), deviceId, inode };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ESRCH', 'EINVAL')) return undefined;
    throw error;
  }
}

function mountsOf(process: number | 'self'): readonly Mount[] {
  return parseMountinfo(readFileSync(`/proc/${process}/mountinfo`));
}

function isSeenHere(overlay: Mount): boolean {
  return listMounts().some((each) => deviceNumber(each) === deviceNumber(overlay));
}

/**
 * The inode below a file of an overlay, by its path as /proc tells it (from the root of its mount namespace); null when
 * it has no name any more, undefined when it cannot be found.
 */
export function inodeInUpper(directory: string, overlay: Mount, path: string): bigint | null | undefined {
  if (path.endsWith(' (deleted)')) return null;
  if (path !== overlay.mountPoint && !isInside(path, overlay.mountPoint)) return undefined;
  const within = overlay.mountPoint === '/' ? path : path.slice(overlay.mountPoint.length);
  try {
    return statxCached(join(directory, overlay.root, within)).inode;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) return undefined;
    throw error;
  }
}
