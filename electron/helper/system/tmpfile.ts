import { randomBytes } from 'node:crypto';
import { constants, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from './errno.ts';

/** asm-generic/fcntl.h; O_DIRECTORY differs between architectures and is taken from Node. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

/**
 * A file without a name, open for reading and writing, mode 0600. It is gone when the descriptor is closed, whatever
 * happens to this process. Where the filesystem has no O_TMPFILE, it has a random name for an instant.
 */
export function openScratch(directory: string): number {
  try {
    return openSync(directory, O_TMPFILE | constants.O_RDWR | constants.O_EXCL, 0o600);
  } catch (error) {
    if (!hasCode(error, 'ENOTSUP', 'EISDIR', 'ENOENT')) throw error;
  }
  const path = join(directory, `.scratch-${randomBytes(12).toString('hex')}`);
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  unlinkSync(path);
  return fd;
}
