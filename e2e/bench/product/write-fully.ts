import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

const chunk = Buffer.alloc(4 * 1024 * 1024);

/** A file of zeros that has all its blocks. */
export function writeFully(path: string, bytes: number): void {
  const fd = openSync(path, 'w');
  try {
    for (let at = 0; at < bytes; at += chunk.length) writeSync(fd, chunk, 0, Math.min(chunk.length, bytes - at), at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
