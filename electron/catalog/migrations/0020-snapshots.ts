/**
 * Snapshots as the repositories list them, with what their evidence adds. `evidence_state`: 0 not asked for, 1 there,
 * 2 there is none. `level` is what may be shown: never stronger than the evidence earns.
 */
export const snapshots = `
  CREATE TABLE snapshots (
    row INTEGER PRIMARY KEY,
    repository_id TEXT NOT NULL,
    snapshot_id TEXT NOT NULL,
    run_id TEXT,
    source_id TEXT,
    source_name TEXT NOT NULL,
    time_ms REAL NOT NULL,
    asked_ms REAL,
    level TEXT,
    method TEXT,
    stall_ms REAL,
    frozen_ms REAL,
    thawed_ms REAL,
    static_from REAL,
    static_to REAL,
    kind TEXT NOT NULL,
    hostname TEXT NOT NULL,
    filesystem TEXT NOT NULL DEFAULT '',
    pinned INTEGER NOT NULL,
    files INTEGER,
    bytes INTEGER,
    new_bytes INTEGER,
    summary TEXT NOT NULL,
    evidence_state INTEGER NOT NULL DEFAULT 0,
    evidence TEXT,
    UNIQUE (repository_id, snapshot_id)
  ) STRICT;
  CREATE INDEX snapshots_by_run ON snapshots (run_id);
  CREATE INDEX snapshots_by_time ON snapshots (repository_id, time_ms);
`;
