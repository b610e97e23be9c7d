import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * Puts a file there whole or not at all; it is durable when this returns. What is in its place, a link too, is replaced
 * and never written through. Its folder is made (0700) where it is missing. Throws Node's own errors.
 */
export function writeDurably(path: string, text: string, mode: number): void {
  const directory = dirname(path);
  const temporary = `${path}.new`;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  rmSync(temporary, { force: true });
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  const fd = openSync(temporary, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, mode);
  try {
    writeFileSync(fd, text);
    // The umask has no say in who may read it.
    fchmodSync(fd, mode);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
  syncFolder(directory);
}

export function syncFolder(directory: string): void {
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
