import SqliteDatabase from 'better-sqlite3';
import { CatalogAnswers } from '../answer.ts';
import { migrate } from '../migrate.ts';
import { Statements } from '../queries/statements.ts';

/** A catalog without a file, and its database for looking inside. */
export function memoryCatalog() {
  const database = new SqliteDatabase(':memory:');
  database.pragma('foreign_keys = ON');
  migrate(database);
  const catalog = new CatalogAnswers(new Statements(database), () => undefined);
  const count = (table: string): number => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
  return { catalog, database, count };
}
