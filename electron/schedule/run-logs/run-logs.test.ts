import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { RunEvent } from '../../../shared/domain/run.ts';
import { RunLogs } from './run-logs.ts';

let folder: string;
let logs: RunLogs;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stillpoint-runs-'));
  logs = new RunLogs(join(folder, 'runs'));
  await logs.prepare();
});
afterEach(() => rm(folder, { recursive: true }));

const runId = 'a'.repeat(32) as RunId;
const path = (): string => join(folder, 'runs', `${runId}.jsonl`);
const note = (text: string): RunEvent => ({ type: 'note', runId, at: '2025-11-20T02:00:00Z', severity: 'info', text });

it('keeps events in order, for nobody else to read', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, n) => logs.append(runId, note(String(n)))));
  const texts = (await logs.read(runId)).map((event) => event.type === 'note' && event.text);
  expect(texts).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
  expect((await stat(path())).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'runs'))).mode & 0o777).toBe(0o700);
});

it('reads what is whole, and adds an end after a line that was cut off', async () => {
  await logs.append(runId, note('one'));
  await appendFile(path(), '{"type":"note","runId":"aaa');
  expect(await logs.read(runId)).toEqual([note('one')]);
  const result = {
    runId,
    outcome: 'interrupted',
    snapshotId: null,
    level: null,
    stallMs: null,
    files: 0,
    bytes: 0,
  } as const;
  const more = { newBytes: 0, summary: '', warnings: [], warningsTotal: 0, error: null };
  const end: RunEvent = { type: 'run-finished', runId, at: '2025-11-20T02:00:00Z', result: { ...result, ...more } };
  await logs.append(runId, end);
  expect(await logs.read(runId)).toEqual([note('one'), end]);
});

it('lists logs by their run and nothing else', async () => {
  await logs.append(runId, note('one'));
  await writeFile(join(folder, 'runs', 'notes.txt'), '');
  await writeFile(join(folder, 'runs', 'zz.jsonl'), '');
  expect(await logs.ids()).toEqual([runId]);
  expect(await logs.read('b'.repeat(32) as RunId)).toEqual([]);
});

it('tells when the disk does not take it, and goes on afterwards', async () => {
  await rm(join(folder, 'runs'), { recursive: true });
  await expect(logs.append(runId, note('lost'))).rejects.toThrow();
  await logs.prepare();
  await logs.append(runId, note('kept'));
  expect(await readFile(path(), 'utf8')).toContain('kept');
});
