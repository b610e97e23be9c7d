import type { Statements } from './statements.ts';

/** Empties the catalog; all of it can be had again. */
export function clear(db: Statements): void {
  for (const table of ['versions', 'indexed', 'lineages', 'paths', 'folders', 'snapshots', 'runs', 'restores']) {
    db.run(`DELETE FROM ${table}`);
  }
  db.run("INSERT INTO names_search (names_search) VALUES ('delete-all')");
  db.run('DELETE FROM names');
}
