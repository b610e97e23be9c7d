import { type UndoableRestore, undoableRestoreSchema } from '../../../shared/domain/restore.ts';
import type { Statements } from './statements.ts';

/** The list as a whole replaces what was there. */
export function putRestores(db: Statements, restores: readonly UndoableRestore[]): void {
  db.run('DELETE FROM restores');
  for (const restore of restores) {
    db.run(
      `INSERT INTO restores VALUES (
        :runId, :repositoryId, :safetySnapshotId, :restoredSnapshotId, :targetPath, :finishedAt, :replaced, :added,
        :deleted, :undoneBy)`,
      { ...restore },
    );
  }
}

export function listRestores(db: Statements): UndoableRestore[] {
  return db
    .all(`
      SELECT run_id AS runId, repository_id AS repositoryId, safety_snapshot_id AS safetySnapshotId,
        restored_snapshot_id AS restoredSnapshotId, target_path AS targetPath, finished_at AS finishedAt,
        replaced, added, deleted, undone_by AS undoneBy
      FROM restores ORDER BY finished_at DESC`)
    .map((row) => undoableRestoreSchema.parse(row));
}
