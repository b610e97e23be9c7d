import { forgetWarningCode } from '../../../shared/domain/keep/forget-warning.ts';
import type { CatalogResult } from '../contract.ts';
import { exactMs } from './exact-ms.ts';
import type { Statements } from './statements.ts';

/**
 * Sources whose newest backups could not delete what their keep rules let go: how many in a row, and what the newest said.
 * Backups that made no snapshot did not try; a deletion by hand that went well makes it history.
 */
export function failedForgets(db: Statements, notAfter: string): CatalogResult<'runs.failedForgets'> {
  const rows = db.all(
    `
    WITH tried AS (
      SELECT run_id, source_id, started_ms, kind = 'backup' AND EXISTS (
        SELECT 1 FROM run_warnings AS w WHERE w.run_id = runs.run_id AND w.code = :code
      ) AS failed
      FROM runs
      WHERE source_id IS NOT NULL AND started_ms <= :notAfter
        AND (kind = 'backup' AND snapshot_id IS NOT NULL AND finished_at IS NOT NULL OR kind = 'forget' AND outcome = 'done')
    ), counted AS (
      SELECT source_id, run_id, max(started_ms), count(*) AS backups FROM tried
      WHERE failed AND NOT EXISTS (
        SELECT 1 FROM tried AS later
        WHERE later.source_id = tried.source_id AND NOT later.failed AND later.started_ms > tried.started_ms
      )
      GROUP BY source_id
    )
    SELECT source_id AS sourceId, backups, (
      SELECT text FROM run_warnings AS w WHERE w.run_id = counted.run_id AND w.code = :code ORDER BY position LIMIT 1
    ) AS text
    FROM counted ORDER BY source_id`,
    { code: forgetWarningCode, notAfter: exactMs(notAfter) },
  );
  return rows as CatalogResult<'runs.failedForgets'>;
}
