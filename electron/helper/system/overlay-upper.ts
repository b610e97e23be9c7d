import { join } from 'node:path/posix';
import { hasCode } from './errno.ts';
import { isInside, type Mount, unescapeOctal } from './mountinfo.ts';
import { deviceNumber, mountOf } from './mounts.ts';
import { statxCached } from './statx.ts';

/** Where an overlay filesystem keeps what is written to it. */
export type UpperPlace =
  /** On this filesystem; the path is valid here. */
  | { readonly where: 'here'; readonly directory: string }
  | { readonly where: 'elsewhere' }
  /** It was mounted from a place that cannot be seen from here. */
  | { readonly where: 'unknown' };

export function overlayUpper(overlay: Mount, device: string): UpperPlace {
  const option = overlay.superOptions.find((each) => each.startsWith('upperdir='));
  // Without one nothing can be written.
  if (option === undefined) return { where: 'elsewhere' };
  const directory = unescapeOctal(option.slice('upperdir='.length));
  if (!directory.startsWith('/')) return { where: 'unknown' };
  try {
    return deviceNumber(mountOf(directory)) === device ? { where: 'here', directory } : { where: 'elsewhere' };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) return { where: 'unknown' };
    throw error;
  }
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
