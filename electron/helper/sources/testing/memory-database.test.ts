import { describe, expect, it } from 'vitest';
import { describeMethodConformance, type MethodFixture } from '../../quiesce/testing/method-conformance.ts';
import { readView } from '../../quiesce/testing/read-view.ts';
import { recordingReporter } from '../../quiesce/testing/recording-reporter.ts';
import { MemoryDatabase, restoreDatabase } from './memory-database.ts';
import { type MemoryDatabaseFacts, memoryDatabaseBackup, memoryDatabaseSource } from './memory-database-source.ts';

const { signal } = new AbortController();

function filled(): MemoryDatabase {
  const database = new MemoryDatabase();
  for (let at = 0; at < 10; at += 1) database.put(`key-${at % 4}`, `value-${at}`);
  database.checkpoint();
  for (let at = 10; at < 15; at += 1) database.put(`key-${at % 4}`, `value-${at}`);
  return database;
}

function examine(database: MemoryDatabase): Promise<MemoryDatabaseFacts> {
  const source = memoryDatabaseSource(new Map([['shop', database]]));
  return source.examine({ kind: 'memory-database', name: 'shop' }, { own: { paths: [] }, signal });
}

async function open(): Promise<MethodFixture<MemoryDatabaseFacts>> {
  const database = filled();
  return {
    method: memoryDatabaseBackup,
    facts: await examine(database),
    lease: { longestStallMs: 10 },
    isHeld: () => false,
    leftovers: () => (database.isBackupOpen ? ['the database still keeps its files for a backup'] : []),
    endNextHoldEarly: null,
    [Symbol.asyncDispose]: async () => {},
  };
}

describeMethodConformance('a database that names its own moment', open, { holdsWriters: false });

describe('a database source', () => {
  async function backUp(database: MemoryDatabase, whileReading: () => void = () => {}) {
    const outcome = await memoryDatabaseBackup.withStillView(
      await examine(database),
      { longestStallMs: 10 },
      { signal, report: recordingReporter() },
      async (view) => {
        whileReading();
        return readView(view, signal);
      },
    );
    return { files: new Map([...outcome.value].map(([name, { bytes }]) => [name, bytes])), evidence: outcome.evidence };
  }

  it('carries the log’s tail, so that any moment after the checkpoint can be restored', async () => {
    const database = filled();
    const { files } = await backUp(database);
    expect(restoreDatabase(files, 10).get('key-1')).toBe('value-9');
    expect(restoreDatabase(files, 12).get('key-3')).toBe('value-11');
    expect(restoreDatabase(files)).toEqual(database.state);
  });

  it('cannot be restored to a moment whose log is missing', async () => {
    const { files } = await backUp(filled());
    const checkpointOnly = new Map([...files].filter(([name]) => name.endsWith('.snap')));
    expect(restoreDatabase(checkpointOnly, 10).get('key-1')).toBe('value-9');
    expect(() => restoreDatabase(checkpointOnly, 12)).toThrow('the log ends at 10');
  });

  it('carries writes made while it is read, in the log’s tail', async () => {
    const database = filled();
    const { files, evidence } = await backUp(database, () => database.put('key-0', 'written meanwhile'));
    expect(evidence.agreement).toEqual({ application: 'Memory database', position: '15', confirmed: true });
    expect(restoreDatabase(files, 15).get('key-0')).toBe('value-12');
    expect(restoreDatabase(files, 16).get('key-0')).toBe('written meanwhile');
  });

  it('keeps the files of a backup under way, and no longer', async () => {
    const database = filled();
    const before = database.fileNames();
    const { files } = await backUp(database, () => {
      database.checkpoint();
      expect(database.fileNames()).toEqual(expect.arrayContaining([...before]));
    });
    expect([...files.keys()].sort()).toEqual([...before].sort());
    expect(database.fileNames()).not.toEqual(expect.arrayContaining([...before]));
  });

  it('vouches for checkpoint files only: a log with the same metadata may have grown', async () => {
    const reusable = new Map<string, boolean>();
    await memoryDatabaseBackup.withStillView(
      await examine(filled()),
      { longestStallMs: 10 },
      { signal, report: recordingReporter() },
      async (view) => {
        for await (const entry of view.root.children?.() ?? []) reusable.set(entry.name.toString(), entry.reusable);
      },
    );
    expect(Object.fromEntries(reusable)).toEqual({ '0000000010.snap': true, '0000000010.log': false });
  });
});
