/** Runs as their logs tell them, phases and warnings beside them. */
export const runs = `
  CREATE TABLE runs (
    run_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    source_id TEXT,
    repository_id TEXT,
    asked_at TEXT NOT NULL,
    started_at TEXT NOT NULL,
    started_ms REAL NOT NULL,
    finished_at TEXT,
    finished_ms REAL,
    outcome TEXT,
    frozen_at TEXT,
    thawed_at TEXT,
    stall_ms REAL,
    snapshot_id TEXT,
    level TEXT,
    files INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    new_bytes INTEGER NOT NULL,
    summary TEXT NOT NULL,
    warnings_total INTEGER NOT NULL,
    error TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX runs_by_start ON runs (started_ms);
  CREATE INDEX runs_by_source ON runs (source_id, kind, started_ms);

  CREATE TABLE run_phases (
    run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    started_at TEXT NOT NULL,
    duration_ms REAL,
    PRIMARY KEY (run_id, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE run_warnings (
    run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
    position INTEGER NOT NULL,
    code TEXT NOT NULL,
    text TEXT NOT NULL,
    path TEXT,
    PRIMARY KEY (run_id, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE run_notes (
    run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
    position INTEGER NOT NULL,
    severity TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (run_id, position)
  ) STRICT, WITHOUT ROWID;
`;
