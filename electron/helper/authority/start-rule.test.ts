import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ruleFor, startRuleFor } from './start-rule.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-rules-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Rule = (action: { id: string; lookup: (key: string) => string | undefined }, subject: { user: string }) => unknown;

/** What polkit's engine would be told by the rule. */
function decide(user: string, action: string, asking: string, startedAs?: string): unknown {
  const rules: Rule[] = [];
  const details: Readonly<Record<string, string | undefined>> = { user: startedAs };
  const polkit = { addRule: (rule: Rule) => rules.push(rule), Result: { YES: 'yes' } };
  runInNewContext(ruleFor(user), { polkit });
  return rules.map((rule) => rule({ id: action, lookup: (key) => details[key] }, { user: asking }))[0];
}

it('says yes to one user and one action, and nothing to anybody else', () => {
  expect(decide('anna', 'dev.stillpoint.helper.start', 'anna')).toBe('yes');
  expect(decide('anna', 'dev.stillpoint.helper.start', 'anna', 'root')).toBe('yes');
  expect(decide('anna', 'dev.stillpoint.helper.start', 'anna', 'bert')).toBeUndefined();
  expect(decide('anna', 'dev.stillpoint.helper.start', 'bert')).toBeUndefined();
  expect(decide('anna', 'dev.stillpoint.register', 'anna')).toBeUndefined();
  expect(decide('anna', 'org.freedesktop.systemd1.manage-units', 'anna')).toBeUndefined();
});

it.each([
  '',
  '..',
  '.hidden',
  '-x',
  'a/b',
  'a b',
  'a"||true||"',
  "a'b",
  'a\\b',
  'a\nb',
  'ä',
  'a'.repeat(65),
  'a\u2028b',
])('is never made of a name such as %j', (name) => {
  expect(() => ruleFor(name)).toThrow(expect.objectContaining({ kind: 'not-permitted', field: 'user' }));
  expect(() => startRuleFor(name, folder).write()).toThrow(expect.objectContaining({ field: 'user' }));
  expect(readdirSync(folder)).toEqual([]);
});

it('is one file for each user, readable by polkit whatever the umask is', () => {
  const before = process.umask(0o077);
  try {
    startRuleFor('anna', folder).write();
    startRuleFor('b.ert-2', folder).write();
    startRuleFor('anna', folder).write();
  } finally {
    process.umask(before);
  }
  const names = readdirSync(folder).sort();
  expect(names).toEqual(['49-dev.stillpoint.schedule-anna.rules', '49-dev.stillpoint.schedule-b.ert-2.rules']);
  for (const name of names) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o644);
  startRuleFor('anna', folder).remove();
  startRuleFor('anna', folder).remove();
  expect(readdirSync(folder)).toEqual(['49-dev.stillpoint.schedule-b.ert-2.rules']);
  expect(readFileSync(join(folder, '49-dev.stillpoint.schedule-b.ert-2.rules'), 'utf8')).toBe(ruleFor('b.ert-2'));
});

it('is not kept where others could change it, and makes no folder that polkit would not read', () => {
  chmodSync(folder, 0o775);
  expect(() => startRuleFor('anna', folder).write()).toThrow(/could be changed by others/);
  const missing = join(folder, 'rules.d');
  expect(() => startRuleFor('anna', missing).write()).toThrow(/is missing/);
  expect(existsSync(missing)).toBe(false);
  startRuleFor('anna', missing).remove();
});

it('says what is the matter when it cannot be written', () => {
  const rule = join(folder, '49-dev.stillpoint.schedule-anna.rules');
  mkdirSync(`${rule}.new`);
  expect(() => startRuleFor('anna', folder).write()).toThrow(
    expect.objectContaining({ kind: 'io', field: rule, message: expect.stringMatching(/\(E[A-Z_]+\)/) }),
  );
});
