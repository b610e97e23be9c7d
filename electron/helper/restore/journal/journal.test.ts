import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RepositoryId, RunId, SnapshotId } from '../../../../shared/domain/ids.ts';
import { Journal, leftJournals, parseRecords } from './journal.ts';
import type { JournalRecord, RestoreHead } from './journal-records.ts';
import { newRecord, RestoreRecords } from './undo-record.ts';

const runId = '1'.repeat(32) as RunId;
const head: RestoreHead = {
  runId,
  repositoryId: '2'.repeat(64) as RepositoryId,
  restoredSnapshotId: '3'.repeat(64) as SnapshotId,
  safetySnapshotId: null,
  safetyRefused: false,
  targetPath: '/target',
  places: [],
  mode: 'keep',
  undoes: null,
  uid: 0,
  startedAt: '2026-01-01T00:00:00Z',
  roots: [],
};
const start: JournalRecord = { record: 'start', version: 1, head };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a journal', () => {
  it('tells what was written up to the last whole line, and is gone when it is removed', async () => {
    const journal = Journal.create(folder, runId);
    journal.append(start);
    journal.append({ record: 'skipped', n: 1 });
    await journal.sync();
    journal.append({ record: 'skipped', n: 2 });
    expect(leftJournals(folder)).toEqual([
      { runId, path: join(folder, `restore-${runId}.journal`), records: [start, { record: 'skipped', n: 1 }] },
    ]);
    await journal.sync();
    const path = join(folder, `restore-${runId}.journal`);
    appendFileSync(path, '{"record":"skipped","n"');
    expect(leftJournals(folder)[0]?.records).toHaveLength(3);
    truncateSync(path, 10);
    expect(leftJournals(folder)[0]?.records).toEqual([]);
    journal.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is made once only', () => {
    const journal = Journal.create(folder, runId);
    expect(() => Journal.create(folder, runId)).toThrow('EEXIST');
    journal.close();
  });

  it('ends where a line makes no sense: what follows cannot be trusted', () => {
    const text = `${JSON.stringify(start)}\n{"record":"nonsense"}\n{"record":"skipped","n":1}\n`;
    expect(parseRecords(text)).toEqual([start]);
  });
});

describe('records of finished restores', () => {
  const day = 86_400_000;
  const finishedMs = Date.parse('2026-01-01T00:00:00Z');

  it('are found again, newest first, for 30 days', () => {
    const records = new RestoreRecords(folder);
    expect(records.list(finishedMs)).toEqual([]);
    const older = newRecord({ head, finishedAt: '2026-01-01T00:00:00Z', interrupted: false, changes: [] });
    const later = { ...older, head: { ...head, runId: '4'.repeat(32) as RunId }, finishedAt: '2026-01-02T00:00:00Z' };
    records.save(older);
    records.save(later);
    expect(new RestoreRecords(folder).list(finishedMs + day)).toEqual([later, older]);
    expect(records.list(finishedMs + 30.5 * day)).toEqual([later]);
    expect(records.load(runId)).toBeUndefined();
    expect(records.list(finishedMs + 40 * day)).toEqual([]);
  });

  it('that cannot be read are as if they were not there', () => {
    const records = new RestoreRecords(folder);
    records.save(newRecord({ head, finishedAt: '2026-01-01T00:00:00Z', interrupted: false, changes: [] }));
    truncateSync(join(folder, 'restores', `${runId}.json`), 20);
    expect(records.load(runId)).toBeUndefined();
    expect(records.list(finishedMs)).toEqual([]);
  });
});
