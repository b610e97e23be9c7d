import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { openDatabase } from './open-database.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stillpoint-catalog-'));
  path = join(folder, 'deep', 'catalog.sqlite');
});
afterEach(() => rm(folder, { recursive: true }));

function openAndLeave(content = 0): { fresh: boolean; problem: string; restores: number } {
  const { database, fresh, problem } = openDatabase(path);
  const insert = database.prepare("INSERT INTO restores VALUES (?, 'r', NULL, 's', '/', 't', 0, 0, 0, NULL)");
  for (let n = 0; n < content; n += 1) insert.run(`${'x'.repeat(2_000)}${n}`);
  const restores = database.prepare('SELECT count(*) FROM restores').pluck().get() as number;
  database.close();
  return { fresh, problem, restores };
}

describe('openDatabase', () => {
  it('makes one that nobody else can read, and finds it again', async () => {
    expect(openAndLeave(3)).toEqual({ fresh: true, problem: '', restores: 3 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(openAndLeave()).toEqual({ fresh: false, problem: '', restores: 3 });
  });

  it('takes the side files from everybody else as well', async () => {
    const { database } = openDatabase(path);
    database.exec("INSERT INTO restores VALUES ('a', 'r', NULL, 's', '/', 't', 0, 0, 0, NULL)");
    expect((await stat(`${path}-wal`)).mode & 0o777).toBe(0o600);
    database.close();
  });

  it.each([
    ['is something else', async () => writeFile(path, 'not a database, but longer than a header would be')],
    ['was cut off', async () => truncate(path, 6_000)],
    [
      'has a page overwritten',
      async () => {
        const bytes = await readFile(path);
        bytes.fill(0x5a, bytes.length - 8_192);
        await writeFile(path, bytes);
      },
    ],
  ])('begins anew when the file %s', async (_what, damage) => {
    openAndLeave(20);
    await damage();
    const opened = openAndLeave();
    expect(opened).toMatchObject({ fresh: true, restores: 0 });
    expect(opened.problem).not.toBe('');
    expect(openAndLeave()).toEqual({ fresh: false, problem: '', restores: 0 });
  });

  it('begins anew when a later version wrote it', () => {
    openAndLeave();
    const database = new SqliteDatabase(path);
    database.pragma('user_version = 99999');
    database.close();
    expect(openAndLeave().problem).toMatch(/99999/);
  });
});

describe('migrate', () => {
  it('runs each step once, in order, and keeps what is there', () => {
    const database = new SqliteDatabase(':memory:');
    const steps = [
      { number: 1, sql: 'CREATE TABLE a (x TEXT) STRICT;' },
      { number: 5, sql: 'ALTER TABLE a ADD COLUMN y TEXT;' },
    ];
    migrate(database, steps.slice(0, 1));
    database.exec("INSERT INTO a VALUES ('kept')");
    migrate(database, steps);
    migrate(database, steps);
    expect(database.prepare('SELECT * FROM a').all()).toEqual([{ x: 'kept', y: null }]);
    expect(database.pragma('user_version', { simple: true })).toBe(5);
  });

  it('leaves nothing of a step that fails', () => {
    const database = new SqliteDatabase(':memory:');
    expect(() =>
      migrate(database, [{ number: 1, sql: 'CREATE TABLE a (x TEXT); CREATE TABLE a (x TEXT);' }]),
    ).toThrow();
    expect(database.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'a'").pluck().get()).toBe(0);
    expect(database.pragma('user_version', { simple: true })).toBe(0);
  });

  it('has numbers that only grow', () => {
    const numbers = migrations.map(({ number }) => number);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  });
});
