import type { Row, Statements } from './statements.ts';

/**
 * Which snapshots were read back and found right: by the run that made them, in both of its verifying phases, or by a
 * later check of their repository that read all data and found nothing wrong. Nothing else counts.
 */
export function verifiedBy(db: Statements): (snapshot: Row) => boolean {
  const provenRuns = new Map(
    db
      .all(`
        SELECT run_id, finished_ms, outcome IN ('done', 'warnings') AND 2 = (
          SELECT count(DISTINCT name) FROM run_phases AS p
          WHERE p.run_id = runs.run_id AND name IN ('verify-packs', 'verify-snapshot') AND duration_ms IS NOT NULL
        ) AS proven
        FROM runs WHERE kind = 'backup' AND snapshot_id IS NOT NULL`)
      .map((row) => [row.run_id, row] as const),
  );
  const checks = new Map(
    db
      .all(`
        SELECT repository_id, max(started_ms) AS at FROM runs
        WHERE kind = 'check' AND outcome = 'done' AND EXISTS (
          SELECT 1 FROM run_phases AS p
          WHERE p.run_id = runs.run_id AND name = 'check-data' AND duration_ms IS NOT NULL
        )
        GROUP BY repository_id`)
      .map(({ repository_id, at }) => [repository_id, Number(at)] as const),
  );
  return (snapshot) => {
    const run = snapshot.run_id === null ? undefined : provenRuns.get(snapshot.run_id as string);
    if (run?.proven === 1) return true;
    return (checks.get(snapshot.repository_id as string) ?? 0) > publishedBefore(snapshot, run);
  };
}

const longestUnknownRunMs = 24 * 60 * 60 * 1000;

/**
 * A time by which the snapshot was in its repository for certain. Its own time is when it was still, or begun; where
 * no log tells when it was published, a day later is assumed.
 */
function publishedBefore(snapshot: Row, run: Row | undefined): number {
  return run?.finished_ms ? Number(run.finished_ms) : Number(snapshot.time_ms) + longestUnknownRunMs;
}
