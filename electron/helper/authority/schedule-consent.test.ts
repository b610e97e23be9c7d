import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openScheduleConsent } from './schedule-consent.ts';
import { noStartRule } from './start-rule.ts';

const at = '2026-11-20T02:00:00Z';
let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-consent-'));
  path = join(folder, 'state', 'consent.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is kept, private to its owner, and heard at once by whoever looks', () => {
  const [one, other] = [openScheduleConsent(path, 'anna', noStartRule), openScheduleConsent(path, 'anna', noStartRule)];
  expect([one.isGiven, other.isGiven]).toEqual([false, false]);
  one.give(at);
  expect([one.isGiven, other.isGiven]).toEqual([true, true]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  other.withdraw();
  expect([one.isGiven, other.isGiven]).toEqual([false, false]);
  other.withdraw();
});

it('is not that of another user who has the number now', () => {
  openScheduleConsent(path, 'anna', noStartRule).give(at);
  expect(openScheduleConsent(path, 'bert', noStartRule).isGiven).toBe(false);
});

it.each(['', '{}', '{"version":1}', '{"version":2,"user":"anna","givenAt":"2026-11-20T02:00:00Z"}', 'x'.repeat(2000)])(
  'is not given by a file that holds %j',
  (text) => {
    mkdirSync(join(folder, 'state'));
    writeFileSync(path, text);
    expect(openScheduleConsent(path, 'anna', noStartRule).isGiven).toBe(false);
  },
);

it('is not given through a link, and is not written through one', () => {
  const elsewhere = join(folder, 'elsewhere');
  openScheduleConsent(elsewhere, 'anna', noStartRule).give(at);
  mkdirSync(join(folder, 'state'));
  symlinkSync(elsewhere, path);
  const consent = openScheduleConsent(path, 'anna', noStartRule);
  expect(consent.isGiven).toBe(false);
  consent.give(at);
  expect(consent.isGiven).toBe(true);
  expect(openScheduleConsent(elsewhere, 'anna', noStartRule).isGiven).toBe(true);
});

it('is whole or not at all: no record without the rule, no rule without the record', () => {
  const told: string[] = [];
  const rule = { write: () => void told.push('write'), remove: () => void told.push('remove') };
  mkdirSync(join(folder, 'state'));
  mkdirSync(`${path}.new`);
  expect(() => openScheduleConsent(path, 'anna', rule).give(at)).toThrow(expect.objectContaining({ kind: 'io' }));
  expect(told).toEqual(['write', 'remove']);
  rmSync(`${path}.new`, { recursive: true });
  const failing = {
    ...rule,
    write: () => {
      throw new Error('no rule');
    },
  };
  const consent = openScheduleConsent(path, 'anna', failing);
  expect(() => consent.give(at)).toThrow('no rule');
  expect(consent.isGiven).toBe(false);
});
