import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { FreezeTrial } from '../../../../../shared/domain/freeze-trial.ts';
import { openTrialBook } from './trial-book.ts';

const folder = mkdtempSync(join(tmpdir(), 'stillpoint-trials-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (path: string, text: string, mode: number): void => writeFileSync(path, text, { mode });
const trialOf = (filesystem: string, kernel: string, outcome: FreezeTrial['outcome'] = 'passed'): FreezeTrial => ({
  ...{ outcome, reason: '', at: '2025-01-01T00:00:00.000000000Z' as FreezeTrial['at'], kernel, filesystem },
  ...{ mountPoint: '/', leaseMs: 250, stallsMs: [1], longestProbeMs: null },
});

it('keeps one for each filesystem and kernel, also for the next helper', () => {
  const path = join(folder, 'state/trials.json');
  const book = openTrialBook(path, write);
  expect(book.find('a', '6.1')).toBeUndefined();
  book.keep(trialOf('a', '6.1', 'failed'));
  book.keep(trialOf('b', '6.1'));
  book.keep(trialOf('a', '6.2'));
  book.keep(trialOf('a', '6.1'));
  const again = openTrialBook(path, write);
  expect(again.find('a', '6.1')).toEqual(trialOf('a', '6.1'));
  expect(again.find('a', '6.2')?.kernel).toBe('6.2');
  // The newest of another kernel, so that it can be said which.
  expect(again.find('a', '6.3')?.kernel).toBe('6.1');
  expect(again.find('c', '6.1')).toBeUndefined();
  expect(JSON.parse(readFileSync(path, 'utf8')).trials).toHaveLength(3);
});

it.each(['', '{', '{"version":2,"trials":[]}', '{"version":1,"trials":[{"outcome":"passed"}]}'])(
  'takes a file that says %j for none',
  (text) => {
    const path = join(folder, 'odd.json');
    writeFileSync(path, text);
    const book = openTrialBook(path, write);
    expect(book.find('a', '6.1')).toBeUndefined();
    book.keep(trialOf('a', '6.1'));
    expect(book.find('a', '6.1')?.outcome).toBe('passed');
  },
);

it('does not grow for ever', () => {
  const book = openTrialBook(join(folder, 'many.json'), write);
  for (let n = 0; n < 60; n++) book.keep(trialOf(`f${n}`, '6.1'));
  expect(book.find('f9', '6.1')).toBeUndefined();
  expect(book.find('f59', '6.1')?.filesystem).toBe('f59');
});
