import type { Row, Statements } from './statements.ts';

/** What the runs know of the snapshots they made. */
export interface RunFacts {
  isVerified(snapshot: Row): boolean;
  /** Bytes that the run added to the repository; null where no log tells. */
  newBytes(snapshot: Row): number | null;
}

/**
 * Which snapshots were read back and found right: by the run that made them, in both of its verifying phases, or by a
 * later check of their repository that read all data and found nothing wrong. Nothing else counts, and none of it counts
 * any more once a check has found damage in the repository: a mark does not know which of its snapshots are touched.
 */
export function runFacts(db: Statements): RunFacts {
  const runs = new Map(
    db
      .all(`
        SELECT run_id, snapshot_id, finished_ms, new_bytes,
          kind = 'backup' AND snapshot_id IS NOT NULL AND outcome IN ('done', 'warnings') AND 2 = (
            SELECT count(DISTINCT name) FROM run_phases AS p
            WHERE p.run_id = runs.run_id AND name IN ('verify-packs', 'verify-snapshot') AND duration_ms IS NOT NULL
          ) AS proven
        FROM runs`)
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
  // A check that could not be done fails too, and carries the reason; one that found damage has nothing else to say.
  const damages = new Map(
    db
      .all(`
        SELECT repository_id, max(started_ms) AS at FROM runs
        WHERE kind = 'check' AND outcome = 'failed' AND error IS NULL
        GROUP BY repository_id`)
      .map(({ repository_id, at }) => [repository_id, Number(at)] as const),
  );
  const runOf = ({ run_id }: Row): Row | undefined => (run_id ? runs.get(run_id) : undefined);
  return {
    isVerified: (snapshot) => {
      const run = runOf(snapshot);
      const published = publishedBefore(snapshot, run);
      const damaged = damages.get(snapshot.repository_id as string) ?? 0;
      if (run?.proven === 1 && snapshot.kind === 'backup' && published > damaged) return true;
      return (checks.get(snapshot.repository_id as string) ?? 0) > Math.max(published, damaged);
    },
    newBytes: (snapshot) => {
      const run = runOf(snapshot);
      return run?.snapshot_id ? Number(run.new_bytes) : null;
    },
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
