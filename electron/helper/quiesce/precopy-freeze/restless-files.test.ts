import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WriterProbe } from '../../system/writer-probe.ts';
import type { PictureFile } from '../picture/contract.ts';
import type { HandleKey } from '../tracking/contract.ts';
import { RestlessFiles } from './restless-files.ts';

const mib = 1024 * 1024;
const key = 'a key' as HandleKey;
const now = 1_000_000_000_000n;
let directory: string;
let path: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'stillpoint-restless-'));
  path = join(directory, 'file');
  writeFileSync(path, '');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Kernel {
  readonly isCovered?: boolean;
  readonly probe?: WriterProbe;
}

function files({ isCovered = false, probe = 'some' }: Kernel = {}): RestlessFiles {
  return new RestlessFiles({
    tree: { openFile: () => openSync(path, 'r') },
    tracker: { keyOf: () => key },
    watch: { covers: () => isCovered },
    probe: () => probe,
    now: () => now,
  });
}

/** Changed so many milliseconds ago. */
function file(ageMs: number, size = 100 * mib): PictureFile {
  const meta = { type: 'file', size: BigInt(size), ctimeNs: now - BigInt(ageMs) * 1_000_000n };
  return { key, meta, content: { state: 'wanted' }, path: () => Buffer.from('file') } as unknown as PictureFile;
}

it('reads a large file once whatever it does, and small ones as often as they change', () => {
  const restless = files();
  expect(restless.isWorthReading(file(0))).toBe(true);
  restless.wasRead(key, 16 * mib);
  expect(restless.isWorthReading(file(0))).toBe(false);
  expect(restless.isWorthReading(file(0, mib - 1))).toBe(true);
});

it('reads again what got calm, until more than it holds was read in vain', () => {
  const restless = files();
  restless.wasRead(key, 60 * mib);
  expect(restless.isWorthReading(file(999))).toBe(false);
  expect(restless.isWorthReading(file(1000))).toBe(true);
  expect(restless.mayGetCalm(file(999))).toBe(true);
  restless.wasRead(key, 60 * mib);
  expect(restless.isWorthReading(file(1000))).toBe(false);
  expect(restless.mayBeReadAgain(file(1000))).toBe(false);
  expect(restless.mayGetCalm(file(999))).toBe(false);
});

it('reads nothing of what changes now and is covered, unless it cannot be held after all', () => {
  const restless = files({ isCovered: true });
  expect(restless.isWorthReading(file(0))).toBe(false);
  expect(restless.mayGetCalm(file(0))).toBe(false);
  expect(restless.isWorthReading(file(1000))).toBe(true);
  expect(restless.cannotBeHeld(key, 'It is mapped.')).toBe(true);
  expect(restless.cannotBeHeld(key, 'It is mapped.')).toBe(false);
  expect(restless.isWorthReading(file(0))).toBe(true);
});

it('reads what nobody has open any more', () => {
  expect(files({ isCovered: true, probe: 'none' }).isWorthReading(file(0))).toBe(true);
});
