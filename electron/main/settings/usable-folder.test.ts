import { mkdtempSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { usableFolder } from './usable-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-browser-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('is the folder itself where it can be, and the user’s alone', () => {
  const found = usableFolder(join(folder, 'state', 'window'), join(folder, 'run'));
  expect(found).toBe(join(folder, 'state', 'window'));
  expect(statSync(found).mode & 0o777).toBe(0o700);
  expect(usableFolder(join(folder, 'state', 'window'), undefined)).toBe(found);
});

it('goes with the session where the home cannot be written, and is the same for each start of it', () => {
  writeFileSync(join(folder, 'state'), '');
  const places = [1, 2].map(() => usableFolder(join(folder, 'state', 'window'), join(folder, 'run')));
  const expected = join(folder, 'run', 'stillpoint', 'window');
  expect(places).toEqual([expected, expected]);
});

it('is somewhere even where there is no such place', () => {
  writeFileSync(join(folder, 'state'), '');
  const found = usableFolder(join(folder, 'state', 'window'), 'not/absolute');
  expect(found.startsWith(join(tmpdir(), 'stillpoint-window-'))).toBe(true);
  rmdirSync(found);
});
