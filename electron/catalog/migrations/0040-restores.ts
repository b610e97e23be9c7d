/** Restores that can be taken back, as the helper last listed them. */
export const restores = `
  CREATE TABLE restores (
    run_id TEXT PRIMARY KEY,
    repository_id TEXT NOT NULL,
    safety_snapshot_id TEXT,
    restored_snapshot_id TEXT NOT NULL,
    target_path TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    replaced INTEGER NOT NULL,
    added INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    undone_by TEXT
  ) STRICT, WITHOUT ROWID;
`;
