import type { RunId } from '../../../shared/domain/ids.ts';
import { type RunView, runViewSchema } from '../../../shared/ipc/runs.ts';
import { exactMs } from './exact-ms.ts';
import type { Row, Statements } from './statements.ts';

export function knownRuns(db: Statements): string[] {
  return db.all('SELECT run_id FROM runs').map(({ run_id }) => String(run_id));
}

export function putRuns(db: Statements, runs: readonly RunView[]): void {
  for (const run of runs) putRun(db, run);
}

export function listRuns(db: Statements, limit: number, before: string | undefined): RunView[] {
  const rows = db.all('SELECT * FROM runs WHERE started_ms < :before ORDER BY started_ms DESC LIMIT :limit', {
    before: before === undefined ? Number.MAX_SAFE_INTEGER : exactMs(before),
    limit,
  });
  return rows.map((row) => toView(db, row));
}

export function getRun(db: Statements, runId: RunId): RunView | null {
  const row = db.get('SELECT * FROM runs WHERE run_id = :runId', { runId });
  return row ? toView(db, row) : null;
}

export function latestBackups(db: Statements, notAfter: string): RunView[] {
  const rows = db.all(
    `
    SELECT * FROM runs WHERE kind = 'backup' AND finished_at IS NOT NULL
    AND started_ms = (
      SELECT max(started_ms) FROM runs AS other
      WHERE other.source_id = runs.source_id AND other.kind = 'backup' AND other.finished_at IS NOT NULL
        AND other.started_ms <= :notAfter
    )
    ORDER BY started_ms`,
    { notAfter: exactMs(notAfter) },
  );
  return rows.map((row) => toView(db, row));
}

function putRun(db: Statements, run: RunView): void {
  db.run('DELETE FROM runs WHERE run_id = :runId', { runId: run.runId });
  db.run(
    `INSERT INTO runs VALUES (
      :runId, :kind, :title, :sourceId, :repositoryId, :askedAt, :startedAt, :startedMs, :finishedAt, :finishedMs,
      :outcome, :frozenAt, :thawedAt, :stallMs, :snapshotId, :level, :files, :bytes, :newBytes, :summary,
      :warningsTotal, :error, :trigger)`,
    {
      runId: run.runId,
      kind: run.kind,
      title: run.title,
      sourceId: run.sourceId,
      repositoryId: run.repositoryId,
      askedAt: run.askedAt,
      startedAt: run.startedAt,
      startedMs: exactMs(run.startedAt),
      finishedAt: run.finishedAt,
      finishedMs: run.finishedAt === null ? null : exactMs(run.finishedAt),
      outcome: run.outcome,
      frozenAt: run.held?.frozenAt ?? null,
      thawedAt: run.held?.thawedAt ?? null,
      stallMs: run.held?.stallMs ?? null,
      snapshotId: run.snapshotId,
      level: run.level,
      files: run.files,
      bytes: run.bytes,
      newBytes: run.newBytes,
      summary: run.summary,
      warningsTotal: run.warningsTotal,
      error: run.error === null ? null : JSON.stringify(run.error),
      trigger: run.trigger,
    },
  );
  const { runId } = run;
  run.phases.forEach(({ name, startedAt, durationMs }, position) => {
    db.run('INSERT INTO run_phases VALUES (:runId, :position, :name, :startedAt, :durationMs)', {
      runId,
      position,
      name,
      startedAt,
      durationMs,
    });
  });
  run.warnings.forEach(({ code, text, path }, position) => {
    db.run('INSERT INTO run_warnings VALUES (:runId, :position, :code, :text, :path)', {
      runId,
      position,
      code,
      text,
      path: path ?? null,
    });
  });
  run.notes.forEach(({ severity, text }, position) => {
    db.run('INSERT INTO run_notes VALUES (:runId, :position, :severity, :text)', { runId, position, severity, text });
  });
}

function toView(db: Statements, row: Row): RunView {
  const runId = String(row.run_id);
  return runViewSchema.parse({
    runId,
    kind: row.kind,
    title: row.title,
    trigger: row.run_trigger,
    sourceId: row.source_id,
    repositoryId: row.repository_id,
    askedAt: row.asked_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    outcome: row.outcome,
    phase: null,
    phases: db.all(
      `SELECT name, started_at AS startedAt, duration_ms AS durationMs FROM run_phases
       WHERE run_id = :runId ORDER BY position`,
      { runId },
    ),
    progress: null,
    held: row.frozen_at === null ? null : { frozenAt: row.frozen_at, thawedAt: row.thawed_at, stallMs: row.stall_ms },
    snapshotId: row.snapshot_id,
    level: row.level,
    files: row.files,
    bytes: row.bytes,
    newBytes: row.new_bytes,
    summary: row.summary,
    warnings: db
      .all('SELECT code, text, path FROM run_warnings WHERE run_id = :runId ORDER BY position', { runId })
      .map(({ code, text, path }) => ({ code, text, ...(path === null ? {} : { path }) })),
    warningsTotal: row.warnings_total,
    notes: db.all('SELECT severity, text FROM run_notes WHERE run_id = :runId ORDER BY position', { runId }),
    error: row.error === null ? null : JSON.parse(String(row.error)),
  });
}
