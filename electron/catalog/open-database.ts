import { chmodSync, closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { migrate } from './migrate.ts';

export interface OpenedDatabase {
  readonly database: Database;
  /** It holds nothing: there was none, or the one there was could not be used and is gone. */
  readonly fresh: boolean;
  /** Why the old one could not be used; empty when there was nothing wrong. */
  readonly problem: string;
}

/**
 * Opens the catalog, mode 0600. One that is damaged or was written by a later version is deleted and begun anew:
 * everything in it can be had again.
 */
export function openDatabase(path: string): OpenedDatabase {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const existed = existsSync(path);
  try {
    return { database: open(path), fresh: !existed, problem: '' };
  } catch (error) {
    if (!existed) throw error;
    deleteDatabase(path);
    return { database: open(path), fresh: true, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** With its side files. Nothing is lost by it but time. */
export function deleteDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

function open(path: string): Database {
  // SQLite gives its side files the mode of the database, so it must be right before it is opened.
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const database = new SqliteDatabase(path);
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    const found = database.pragma('quick_check(1)', { simple: true });
    if (found !== 'ok') throw new Error(`damaged: ${String(found)}`);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whether an error means that the file itself cannot be trusted any more. */
export function isDamage(error: unknown): boolean {
  const code = error instanceof SqliteDatabase.SqliteError ? error.code : '';
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}
