import type { CatalogResult } from '../contract.ts';
import { markColumns, toMark } from './marks.ts';
import { openDamages, runFacts } from './run-facts.ts';
import type { Statements } from './statements.ts';

/**
 * A safety snapshot is of no source; the run that it was taken for is of one. Its own path says less where a source has several
 * places: it is the folder they have in common.
 */
const drawnWith = `COALESCE(snapshots.source_id,
  (SELECT r.source_id FROM runs AS r WHERE r.run_id = snapshots.run_id AND r.kind <> 'backup'))`;

/** Everything the timeline draws, in order of time. */
export function drawn(db: Statements): CatalogResult<'snapshots.drawn'> {
  const facts = runFacts(db);
  const snapshots = db.all(
    `SELECT ${markColumns}, ${drawnWith} AS source_id, source_name, hostname, filesystem, static_from, static_to,
      json_extract(summary, '$.paths') AS paths
     FROM snapshots ORDER BY time_ms`,
  );
  const failures = db.all(`
    SELECT run_id AS runId, source_id AS sourceId, started_ms AS at, outcome, summary AS text FROM runs
    WHERE kind = 'backup' AND snapshot_id IS NULL AND outcome IN ('failed', 'cancelled', 'interrupted', 'waiting')
    ORDER BY started_ms`);
  return {
    snapshots: snapshots.map((row) => ({
      mark: toMark(row, facts),
      sourceId: row.source_id as CatalogResult<'snapshots.drawn'>['snapshots'][number]['sourceId'],
      sourceName: String(row.source_name),
      hostname: String(row.hostname),
      paths: JSON.parse(String(row.paths)),
      filesystem: String(row.filesystem),
      staticBand: row.static_from === null ? null : { from: Number(row.static_from), to: Number(row.static_to) },
    })),
    damages: openDamages(db),
    failures: failures as CatalogResult<'snapshots.drawn'>['failures'],
  };
}
