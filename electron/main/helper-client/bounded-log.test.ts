import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BoundedLog } from './bounded-log.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stillpoint-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('keeps order, makes its folder, and is for nobody else to read', async () => {
  const path = join(folder, 'deep', 'helper.log');
  const log = new BoundedLog(path, 10_000, () => 0);
  log.line('one');
  log.line('two\nlines');
  await log.flushed();
  expect(await readFile(path, 'utf8')).toBe('1970-01-01T00:00:00.000Z one\n1970-01-01T00:00:00.000Z two\\nlines\n');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('never grows beyond its bound, and keeps what came before in one older file', async () => {
  const path = join(folder, 'helper.log');
  const log = new BoundedLog(path, 200, () => 0);
  for (let index = 0; index < 20; index += 1) log.line(`line ${index}`);
  await log.flushed();
  expect((await stat(path)).size).toBeLessThanOrEqual(200);
  expect((await stat(`${path}.1`)).size).toBeLessThanOrEqual(200);
  expect(await readFile(path, 'utf8')).toContain('line 19');
});

it('goes on from the size a former start left', async () => {
  const path = join(folder, 'helper.log');
  for (let start = 0; start < 5; start += 1) {
    const log = new BoundedLog(path, 100, () => 0);
    log.line('x'.repeat(40));
    await log.flushed();
  }
  expect((await stat(path)).size).toBeLessThanOrEqual(100);
});
