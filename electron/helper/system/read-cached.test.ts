import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCached } from './read-cached.ts';
import { forgetCached, syncFilesystemSync } from './sync.ts';

describe('reading what is in memory', () => {
  let folder: string;
  let fd: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stillpoint-cached-'));
    writeFileSync(join(folder, 'file'), 'abcdefghij');
    fd = openSync(join(folder, 'file'), 'r');
  });
  afterEach(() => {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });

  it('gives what reading gives, into any part of a buffer and no further', () => {
    const whole = Buffer.alloc(100);
    const part = whole.subarray(50, 60);
    expect(readCached(fd, part, 4, 2)).toBe(4);
    expect(part.toString('latin1', 0, 4)).toBe('cdef');
    expect(readCached(fd, part, 1000, 0)).toBe(10);
    expect(whole.every((byte, at) => (at >= 50 && at < 60) === (byte !== 0))).toBe(true);
    expect(readCached(fd, part, 10, 8)).toBe(2);
    expect(readCached(fd, part, 10, 10)).toBe(0);
  });

  it('says nothing rather than wait for the disk, or all of it where the system kept it', () => {
    syncFilesystemSync(fd);
    forgetCached(fd);
    expect([undefined, 10]).toContain(readCached(fd, Buffer.alloc(10), 10, 0));
    readSync(fd, Buffer.alloc(10), 0, 10, 0);
    expect(readCached(fd, Buffer.alloc(10), 10, 0)).toBe(10);
  });

  it('throws what is no matter of memory', () => {
    expect(() => readCached(-1, Buffer.alloc(10), 10, 0)).toThrow('EBADF');
  });
});
