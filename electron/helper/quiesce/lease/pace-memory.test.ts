import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FreezePace } from './pace.ts';
import { sharedMemory } from './pace-memory.ts';

let base: string;
let folder: string;
let now: number;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'stillpoint-pace-'));
  folder = join(base, 'run', 'pace');
  now = 1_000_000;
});
afterEach(() => rmSync(base, { recursive: true }));

/** Another helper each time. */
const helper = (): FreezePace => new FreezePace(() => now, undefined, sharedMemory(folder));
const overrun = { stallMs: 300, isOverrun: true };

it('is kept for helpers that are started later, for nobody else to change', () => {
  helper().note('8:1', { stallMs: 240, isOverrun: false });
  expect(helper().restMs('8:1')).toBe(4800);
  expect(helper().restMs('8:2')).toBe(0);
  helper().note('8:1', overrun);
  expect(helper().restMs('8:1')).toBe(600_000);
  now += 600_000;
  expect(helper().restMs('8:1')).toBe(0);
  expect(readdirSync(folder)).toEqual(['8:1']);
  expect([statSync(folder).mode & 0o777, statSync(join(folder, '8:1')).mode & 0o777]).toEqual([0o700, 0o600]);
});

it('is seen by a helper that runs already', () => {
  const [one, other] = [helper(), helper()];
  one.note('8:1', { stallMs: 100, isOverrun: false });
  expect(other.restMs('8:1')).toBe(2000);
  other.note('8:1', overrun);
  expect(one.restMs('8:1')).toBe(600_000);
});

it.each(['', '{', '{"untilMs":9e99,"isOverrun":false}', '{"untilMs":"soon","isOverrun":false}', ' '.repeat(9999)])(
  'is nothing where it says %j',
  (text) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '8:1'), text);
    expect(helper().restMs('8:1')).toBe(0);
  },
);

it('goes through no link, and into no folder that others could change', () => {
  const victim = join(base, 'victim');
  writeFileSync(victim, '{"untilMs":1000500,"isOverrun":true}');
  mkdirSync(folder, { recursive: true });
  symlinkSync(victim, join(folder, '8:1'));
  expect(helper().restMs('8:1')).toBe(0);
  helper().note('8:1', overrun);
  expect(readFileSync(victim, 'utf8')).toBe('{"untilMs":1000500,"isOverrun":true}');
  chmodSync(folder, 0o777);
  const one = helper();
  one.note('8:2', overrun);
  expect(one.restMs('8:2')).toBe(600_000);
  expect(readdirSync(folder)).toEqual(['8:1']);
});

it('is known to the helper itself where nothing can be written', () => {
  writeFileSync(join(base, 'run'), 'a file');
  const one = helper();
  one.note('8:1', overrun);
  expect([one.restMs('8:1'), helper().restMs('8:1')]).toEqual([600_000, 0]);
});
