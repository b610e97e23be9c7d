import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { hasCode } from './errno.ts';

const { O_APPEND, O_NOFOLLOW, O_RDWR } = constants;

/** A file of ours to read and append to, for whoever locks it next; undefined when it is not there. Follows no link. */
export function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, O_RDWR | O_NOFOLLOW | O_APPEND);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ELOOP', 'EISDIR')) return undefined;
    throw error;
  }
}

/** A record may have been forgotten between opening and locking it. */
export function isStillNamed(fd: number, path: string): boolean {
  const other = openIfThere(path);
  if (other === undefined) return false;
  try {
    return fstatSync(other).ino === fstatSync(fd).ino;
  } finally {
    closeSync(other);
  }
}
