/**
 * The file index. Each name and each folder is kept once, each path once, and one row per stretch of snapshots in which
 * a path was the same: snapshots of one source are numbered in the order they were indexed, and `first` to `last` are
 * such numbers. `modified_us` is microseconds since the epoch, `type` a position in the list of node types.
 */
export const files = `
  CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE VIRTUAL TABLE names_search USING fts5 (name, content = 'names', content_rowid = 'id', tokenize = 'trigram', columnsize = 0);
  CREATE TABLE folders (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE paths (
    id INTEGER PRIMARY KEY,
    folder INTEGER NOT NULL REFERENCES folders,
    name INTEGER NOT NULL REFERENCES names,
    UNIQUE (name, folder)
  ) STRICT;

  CREATE TABLE lineages (
    id INTEGER PRIMARY KEY,
    repository_id TEXT NOT NULL,
    key TEXT NOT NULL,
    last_number INTEGER NOT NULL DEFAULT 0,
    UNIQUE (repository_id, key)
  ) STRICT;
  CREATE TABLE indexed (
    lineage INTEGER NOT NULL REFERENCES lineages ON DELETE CASCADE,
    number INTEGER NOT NULL,
    snapshot INTEGER NOT NULL UNIQUE REFERENCES snapshots ON DELETE CASCADE,
    complete INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (lineage, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE versions (
    path INTEGER NOT NULL REFERENCES paths,
    lineage INTEGER NOT NULL REFERENCES lineages ON DELETE CASCADE,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    type INTEGER NOT NULL,
    size INTEGER NOT NULL,
    modified_us INTEGER NOT NULL,
    PRIMARY KEY (path, lineage, first)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX versions_by_lineage ON versions (lineage, last);
`;
