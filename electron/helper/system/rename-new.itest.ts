import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { plainFileOps } from './file-ops.ts';
import { renameNew } from './rename-new.ts';

let folder: string;
let fd: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-rename-'));
  fd = openSync(folder, 'r');
  writeFileSync(join(folder, 'from'), 'new');
});
afterEach(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

it('gives a name where nothing is', () => {
  expect(renameNew(plainFileOps, fd, 'from', 'to')).toBe(true);
  expect(existsSync(join(folder, 'from'))).toBe(false);
  expect(readFileSync(join(folder, 'to'), 'utf8')).toBe('new');
});

it('replaces nothing, and leaves what was to be renamed', () => {
  writeFileSync(join(folder, 'to'), 'old');
  expect(renameNew(plainFileOps, fd, 'from', 'to')).toBe(false);
  expect(readFileSync(join(folder, 'to'), 'utf8')).toBe('old');
  expect(existsSync(join(folder, 'from'))).toBe(true);
});

it('tells what else is wrong', () => {
  expect(() => renameNew(plainFileOps, fd, 'nothing', 'to')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
});
