import { appendFile, mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { repositoryIdSchema, runIdSchema } from '../../../shared/domain/ids.ts';
import type { NewEntry } from './entries.ts';
import { Journal } from './journal.ts';
import { lineFile } from './line-file.ts';

let folder: string;
let path: string;
let now = 1000;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stillpoint-journal-'));
  path = join(folder, 'schedule', 'papers.jsonl');
  now = 1000;
});
afterEach(() => rm(folder, { recursive: true }));

const open = (): Journal => new Journal(lineFile(path), () => now);
const runId = (n: number) => runIdSchema.parse(n.toString(16).padStart(32, '0'));
const began = (n: number): NewEntry => ({
  ...{ type: 'began', runId: runId(n), slot: n, trigger: 'due', by: 'app' },
  repositoryId: repositoryIdSchema.parse('a'.repeat(64)),
});
const ended = (n: number): NewEntry => ({ type: 'ended', runId: runId(n), outcome: 'done' });
const missed = (from: number, to: number, slots: number, until: number, joins = false): NewEntry => ({
  type: 'accounts',
  until,
  notRun: [{ from, to, slots, because: 'paused' }],
  ...(joins ? { joins } : {}),
});

it('is the same for whoever opens it, and for nobody else to read', async () => {
  const journal = open();
  await journal.append(began(1));
  now = 2000;
  await journal.append(ended(1), missed(5, 7, 3, 7));
  for (const history of [await journal.read(), await open().read()]) {
    expect(history.runs).toMatchObject([{ runId: runId(1), startedAt: 1000, endedAt: 2000, outcome: 'done' }]);
    expect(history.missed).toEqual([{ from: 5, to: 7, slots: 3, because: 'paused' }]);
    expect(history.accountedUntil).toBe(7);
  }
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'schedule'))).mode & 0o777).toBe(0o700);
});

it('sees what another process added', async () => {
  const [one, two] = [open(), open()];
  await one.append(began(1));
  expect((await two.read()).open).toHaveLength(1);
  await one.append(ended(1));
  expect((await two.read()).open).toEqual([]);
});

it('reads every whole line wherever a crash cut it off, and adds whole ones after it', async () => {
  await open().append(began(1));
  await open().append(ended(1));
  const { size } = await stat(path);
  const whole = (await readFile(path, 'utf8')).indexOf('\n') + 1;
  for (let length = size - 2; length >= whole; length -= 7) {
    await truncate(path, length);
    const history = await open().read();
    expect(history.runs).toMatchObject([{ endedAt: null }]);
    expect(history.damaged).toBe(length > whole ? 1 : 0);
  }
  await appendFile(path, '{"type":"ended","ru');
  await open().append(ended(1));
  expect((await open().read()).runs).toMatchObject([{ outcome: 'done' }]);
});

it('keeps what a newer version wrote, without understanding it', async () => {
  await open().append(began(1));
  await appendFile(path, '{"v":9,"type":"dreamt","at":1}\n');
  const journal = open();
  expect((await journal.read()).unknown).toBe(1);
  for (let n = 2; n < 600; n++) await journal.append(began(n), ended(n));
  await journal.tidy();
  expect(await readFile(path, 'utf8')).toContain('dreamt');
});

it('joins what was missed without anything between, and nothing else', async () => {
  const journal = open();
  await journal.append(missed(1, 3, 3, 3), missed(4, 4, 1, 4, true), missed(6, 6, 1, 6));
  expect((await journal.read()).missed.map(({ from, to, slots }) => [from, to, slots])).toEqual([
    [1, 4, 4],
    [6, 6, 1],
  ]);
});

it('becomes smaller and tells the same: open runs, what is owed, and what was missed in two years', async () => {
  const journal = open();
  now = Date.parse('2026-01-01T00:00:00Z');
  const old = now - 3 * 365 * 86_400_000;
  now -= 100_000;
  await journal.append(missed(old, old, 1, old), began(0));
  for (let n = 1; n < 800; n++) await journal.append(began(n), ended(n));
  now += 100_000;
  await journal.append(missed(now - 50, now - 40, 2, now - 40));
  await journal.append({ type: 'held-back', slot: now - 10, because: 'on-battery' });
  const before = await open().read();
  const { size } = await stat(path);
  await journal.tidy();
  expect((await stat(path)).size).toBeLessThan(size / 3);
  const after = await open().read();
  expect(after.open).toEqual(before.open);
  expect(after.held).toEqual(before.held);
  expect(after.accountedUntil).toBe(before.accountedUntil);
  expect(after.missed).toEqual(before.missed.slice(1));
  expect(after.runs.slice(-100)).toEqual(before.runs.slice(-100));
});
