import type { Evidence } from '../../../shared/domain/evidence.ts';
import type { RepositoryId, SnapshotId } from '../../../shared/domain/ids.ts';
import type { SnapshotSummary } from '../../../shared/domain/snapshot.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import type { CatalogResult } from '../contract.ts';
import { exactMs } from './exact-ms.ts';
import { forgetPaths } from './files-index.ts';
import { toMark } from './marks.ts';
import { runFacts } from './run-facts.ts';
import type { Row, Statements } from './statements.ts';

export interface SnapshotKey {
  readonly repositoryId: RepositoryId;
  readonly snapshotId: SnapshotId;
}

/** Makes the catalog hold exactly these. A snapshot that was rewritten (same run, another id) keeps what is known of it. */
export function syncSnapshots(
  db: Statements,
  repositoryId: RepositoryId,
  listed: readonly SnapshotSummary[],
): { added: number; removed: number } {
  const ids = new Set<string>(listed.map(({ id }) => id));
  const held = db.all('SELECT row, snapshot_id, run_id FROM snapshots WHERE repository_id = :repositoryId', {
    repositoryId,
  });
  const heldIds = new Set(held.map(({ snapshot_id }) => snapshot_id));
  const gone = held.filter(({ snapshot_id }) => !ids.has(String(snapshot_id)));
  const byRun = new Map(gone.filter(({ run_id }) => run_id !== null).map((row) => [row.run_id, row] as const));
  const added = listed.filter(({ id }) => !heldIds.has(id));
  for (const summary of added) {
    const former = summary.runId === null ? undefined : byRun.get(summary.runId);
    if (former) {
      byRun.delete(former.run_id);
      rewrite(db, Number(former.row), summary);
    } else insert(db, summary);
  }
  const removed = gone.filter((row) => row.run_id === null || byRun.has(row.run_id));
  for (const { row } of removed) removeRow(db, Number(row));
  return { added: added.length, removed: gone.length };
}

export function replaceSnapshot(db: Statements, key: SnapshotKey, summary: SnapshotSummary): SnapshotMark {
  const former = rowOf(db, key);
  const already = rowOf(db, { repositoryId: summary.repositoryId, snapshotId: summary.id });
  if (former && (!already || already.row === former.row)) rewrite(db, Number(former.row), summary);
  else if (!already) insert(db, summary);
  const row = rowOf(db, { repositoryId: summary.repositoryId, snapshotId: summary.id });
  if (!row) throw unknownSnapshot(summary.id);
  return toMark(row, runFacts(db));
}

export function removeSnapshot(db: Statements, key: SnapshotKey): void {
  const row = rowOf(db, key);
  if (row) removeRow(db, Number(row.row));
}

export function keepRepositories(db: Statements, ids: readonly RepositoryId[]): void {
  const known = JSON.stringify(ids);
  const rows = db.all('SELECT row FROM snapshots WHERE repository_id NOT IN (SELECT value FROM json_each(:known))', {
    known,
  });
  for (const { row } of rows) removeRow(db, Number(row));
}

export function snapshotCounts(db: Statements): CatalogResult<'snapshots.counts'> {
  return db.all(
    'SELECT repository_id AS repositoryId, count(*) AS snapshots FROM snapshots GROUP BY repository_id',
  ) as CatalogResult<'snapshots.counts'>;
}

export function getSnapshot(db: Statements, key: SnapshotKey): CatalogResult<'snapshots.get'> {
  const row = rowOf(db, key);
  if (!row) return null;
  const mark = toMark(row, runFacts(db));
  return {
    mark,
    summary: completed(row, mark),
    evidence: row.evidence === null ? null : JSON.parse(String(row.evidence)),
    evidenceKnown: row.evidence_state !== 0,
  };
}

/** A list need not open trees; what only the evidence tells is added, so that summary and mark never disagree. */
function completed(row: Row, mark: SnapshotMark): SnapshotSummary {
  const listed = JSON.parse(String(row.summary)) as SnapshotSummary;
  const { level, method, stallMs, files, bytes, newBytes } = mark;
  const evidence = row.evidence === null ? null : (JSON.parse(String(row.evidence)) as Evidence);
  const askedAt = listed.askedAt ?? evidence?.askedAt ?? null;
  return { ...listed, sourceName: String(row.source_name), askedAt, level, method, stallMs, files, bytes, newBytes };
}

function rowOf(db: Statements, { repositoryId, snapshotId }: SnapshotKey): Row | undefined {
  return db.get('SELECT * FROM snapshots WHERE repository_id = :repositoryId AND snapshot_id = :snapshotId', {
    repositoryId,
    snapshotId,
  });
}

function insert(db: Statements, summary: SnapshotSummary): void {
  db.run(
    `INSERT INTO snapshots (
      repository_id, snapshot_id, run_id, source_id, source_name, time_ms, asked_ms, level, method, stall_ms, kind,
      hostname, pinned, files, bytes, new_bytes, summary, evidence_state)
    VALUES (
      :repositoryId, :snapshotId, :runId, :sourceId, :sourceName, :timeMs, :askedMs, :level, :method, :stallMs, :kind,
      :hostname, :pinned, :files, :bytes, :newBytes, :summary, :evidenceState)`,
    {
      ...columnsOf(summary),
      // A tag is a claim: what it says is shown when the evidence for it was read.
      level: null,
      method: summary.method,
      stallMs: summary.stallMs,
      // Other programs leave no evidence; there is nothing to ask for.
      evidenceState: summary.kind === 'foreign' ? 2 : 0,
    },
  );
}

/** Level, method and times stay as the evidence gave them: a rewrite changes tags, not what happened. */
function rewrite(db: Statements, row: number, summary: SnapshotSummary): void {
  const columns = columnsOf(summary);
  db.run(
    `UPDATE snapshots SET
      repository_id = :repositoryId, snapshot_id = :snapshotId, run_id = :runId, source_id = :sourceId,
      time_ms = :timeMs, asked_ms = coalesce(:askedMs, asked_ms), kind = :kind, hostname = :hostname,
      pinned = :pinned, files = coalesce(:files, files), bytes = coalesce(:bytes, bytes),
      new_bytes = coalesce(:newBytes, new_bytes), summary = :summary
    WHERE row = :row`,
    { ...columns, row },
  );
}

function columnsOf(summary: SnapshotSummary) {
  return {
    repositoryId: summary.repositoryId,
    snapshotId: summary.id,
    runId: summary.runId,
    sourceId: summary.sourceId,
    sourceName: summary.sourceName,
    timeMs: exactMs(summary.time),
    askedMs: summary.askedAt === null ? null : exactMs(summary.askedAt),
    kind: summary.kind,
    hostname: summary.hostname,
    pinned: summary.pinned ? 1 : 0,
    files: summary.files,
    bytes: summary.bytes,
    newBytes: summary.newBytes,
    summary: JSON.stringify(summary),
  };
}

function removeRow(db: Statements, row: number): void {
  forgetPaths(db, row);
  db.run('DELETE FROM snapshots WHERE row = :row', { row });
}

export function unknownSnapshot(id: string): StillpointError {
  return new StillpointError({
    kind: 'unknown-snapshot',
    message: `There is no snapshot ${id.slice(0, 8)} any more.`,
    guidance: 'It may have been deleted by another program. Refresh the timeline.',
  });
}
