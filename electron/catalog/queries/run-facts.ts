import type { CatalogResult } from '../contract.ts';
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
  const checks = cleanChecks(db);
  const damages = new Map(damagingChecks(db).map(({ repository_id, at }) => [repository_id, Number(at)] as const));
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

/**
 * Repositories in which damage was found, each with the newest check that found some, until a later one has read all data
 * and found nothing wrong. Whatever was backed up since is no way out: what was stored already is not stored again.
 */
export function openDamages(db: Statements): CatalogResult<'snapshots.drawn'>['damages'] {
  const checks = cleanChecks(db);
  const open = damagingChecks(db).filter(({ repository_id, at }) => Number(at) >= (checks.get(repository_id) ?? 0));
  return open.map(({ repository_id, run_id, title, at }) => ({
    repositoryId: repository_id,
    runId: run_id,
    title,
    at,
  })) as CatalogResult<'snapshots.drawn'>['damages'];
}

/** When the newest check of each repository began that read all data and found nothing wrong. */
function cleanChecks(db: Statements): ReadonlyMap<unknown, number> {
  return new Map(
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
}

/**
 * The newest check of each repository that found damage. A check that could not be done fails too, and carries the reason;
 * one that found damage has nothing else to say.
 */
function damagingChecks(db: Statements): Row[] {
  return db.all(`
    SELECT repository_id, run_id, title, max(started_ms) AS at FROM runs
    WHERE kind = 'check' AND outcome = 'failed' AND error IS NULL
    GROUP BY repository_id`);
}

const longestUnknownRunMs = 24 * 60 * 60 * 1000;

/**
 * A time by which the snapshot was in its repository for certain. Its own time is when it was still, or begun; where
 * no log tells when it was published, a day later is assumed.
 */
function publishedBefore(snapshot: Row, run: Row | undefined): number {
  return run?.finished_ms ? Number(run.finished_ms) : Number(snapshot.time_ms) + longestUnknownRunMs;
}
