import type { Database } from 'better-sqlite3';
import { type Migration, migrations } from './migrations/index.ts';

/** Brings a database to the newest version, each step whole or not at all. Throws for one that is newer than we are. */
export function migrate(database: Database, steps: readonly Migration[] = migrations): void {
  const newest = steps.at(-1)?.number ?? 0;
  const current = database.pragma('user_version', { simple: true }) as number;
  if (current > newest) throw new Error(`the catalog has version ${current}, this program knows ${newest}`);
  for (const step of steps) {
    if (step.number <= current) continue;
    database.transaction(() => {
      database.exec(step.sql);
      database.pragma(`user_version = ${step.number}`);
    })();
  }
}
