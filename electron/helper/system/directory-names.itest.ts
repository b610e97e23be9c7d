import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { directoryNames } from './directory-names.ts';

function inFolder(use: (path: string) => void): void {
  const path = mkdtempSync(join(tmpdir(), 'stillpoint-names-'));
  try {
    use(path);
  } finally {
    rmSync(path, { recursive: true });
  }
}

function namesIn(path: string, flags = 0): Buffer[] {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | flags);
  try {
    return directoryNames(fd);
  } finally {
    closeSync(fd);
  }
}

describe('names in an open directory', () => {
  it('are all of them, as bytes, also where they do not fit into one reading', () => {
    inFolder((path) => {
      const long = 'n'.repeat(200);
      for (let index = 0; index < 1000; index += 1) writeFileSync(`${path}/${index}-${long}`, '');
      writeFileSync(Buffer.concat([Buffer.from(`${path}/..odd`), Buffer.of(0xff)]), '');
      writeFileSync(`${path}/...`, '');
      const expected = readdirSync(path, { encoding: 'buffer' }).map((name) => name.toString('latin1'));
      expect(
        namesIn(path)
          .map((name) => name.toString('latin1'))
          .sort(),
      ).toEqual(expected.sort());
    });
  });

  it('are none in an empty one', () => {
    inFolder((path) => expect(namesIn(path)).toEqual([]));
  });

  it('are read without moving the time of access where that was asked for', () => {
    inFolder((path) => {
      utimesSync(path, 1000, 1000);
      namesIn(path, constants.O_NOATIME);
      expect(lstatSync(path).atimeMs).toBe(1_000_000);
    });
  });

  it('are none in one that is removed while it is open', () => {
    inFolder((path) => {
      mkdirSync(`${path}/gone`);
      const fd = openSync(`${path}/gone`, constants.O_RDONLY | constants.O_DIRECTORY);
      rmdirSync(`${path}/gone`);
      expect(directoryNames(fd)).toEqual([]);
      closeSync(fd);
    });
  });

  it('cannot be read of a file', () => {
    inFolder((path) => {
      writeFileSync(`${path}/file`, '');
      const fd = openSync(`${path}/file`, 'r');
      expect(() => directoryNames(fd)).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
      closeSync(fd);
    });
  });
});
