import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import type { RunFacts } from './run-facts.ts';
import type { Row } from './statements.ts';

/** Columns that a mark needs, of table `snapshots`. */
export const markColumns = `
  row, repository_id, snapshot_id, run_id, time_ms, asked_ms, level, method, stall_ms, frozen_ms, thawed_ms, kind,
  pinned, files, bytes, new_bytes`;

/** What the catalog wrote itself is not validated again row by row; the answer as a whole is, where it leaves main. */
export function toMark(row: Row, facts: RunFacts): SnapshotMark {
  return {
    id: row.snapshot_id,
    repositoryId: row.repository_id,
    runId: row.run_id,
    time: row.time_ms,
    askedAt: row.asked_ms,
    level: row.level,
    method: row.method,
    stallMs: row.stall_ms,
    frozenAt: row.frozen_ms,
    thawedAt: row.thawed_ms,
    kind: row.kind,
    pinned: row.pinned === 1,
    verified: facts.isVerified(row),
    files: row.files,
    bytes: row.bytes,
    newBytes: row.new_bytes ?? facts.newBytes(row),
  } as SnapshotMark;
}
