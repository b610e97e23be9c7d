import { evidencePath } from '../../../shared/domain/evidence.ts';
import type { RepositoryId, SnapshotId } from '../../../shared/domain/ids.ts';
import { snapshotPathName } from '../../../shared/domain/path-text.ts';
import { nodeTypes } from '../../../shared/domain/snapshot.ts';
import type { PathEntry } from '../contract.ts';
import { exactUs } from './exact-ms.ts';
import type { SnapshotKey } from './snapshots.ts';
import type { Row, Statements } from './statements.ts';

/** Our own files inside a snapshot; nobody searches for them. */
const ownFolder = evidencePath.slice(0, evidencePath.lastIndexOf('/'));

/** Newest first: what people look for is most often in the last snapshots. */
export function nextToIndex(db: Statements, repositoryId: RepositoryId): SnapshotId | null {
  const row = db.get(
    `SELECT snapshot_id FROM snapshots AS s
     WHERE repository_id = :repositoryId
     AND NOT EXISTS (SELECT 1 FROM indexed AS i WHERE i.snapshot = s.row AND i.complete = 1)
     ORDER BY time_ms DESC LIMIT 1`,
    { repositoryId },
  );
  return (row?.snapshot_id as SnapshotId | undefined) ?? null;
}

/** Adds paths of one snapshot. The same paths may come again after an interruption; nothing is counted twice. */
export function addPaths(db: Statements, key: SnapshotKey, entries: readonly PathEntry[]): void {
  const place = placeOf(db, key);
  if (!place) return;
  for (const entry of entries) {
    if (entry.path === ownFolder || entry.path.startsWith(`${ownFolder}/`)) continue;
    const path = pathId(db, entry.path);
    const version = {
      path,
      ...place,
      type: nodeTypes.indexOf(entry.type),
      size: entry.size,
      modified: exactUs(entry.modifiedAt),
    };
    const extended = db.run(
      `UPDATE versions SET last = :number
       WHERE path = :path AND lineage = :lineage AND last IN (:number - 1, :number)
       AND type = :type AND size = :size AND modified_us = :modified`,
      version,
    );
    if (extended.changes > 0) continue;
    db.run(
      `INSERT OR REPLACE INTO versions (path, lineage, first, last, type, size, modified_us)
       VALUES (:path, :lineage, :number, :number, :type, :size, :modified)`,
      version,
    );
  }
}

export function finishPaths(db: Statements, key: SnapshotKey): void {
  const place = placeOf(db, key);
  if (!place) return;
  db.run('UPDATE indexed SET complete = 1 WHERE lineage = :lineage AND number = :number', place);
}

/** Takes a snapshot out of the index, with versions and paths that no other snapshot has. */
export function forgetPaths(db: Statements, snapshotRow: number): void {
  const place = db.get('SELECT lineage, number FROM indexed WHERE snapshot = :snapshotRow', { snapshotRow });
  if (!place) return;
  db.run('DELETE FROM indexed WHERE snapshot = :snapshotRow', { snapshotRow });
  const { lineage, number } = place as { lineage: number; number: number };
  const orphans = db.all(
    `DELETE FROM versions WHERE lineage = :lineage AND last >= :number AND first <= :number
     AND NOT EXISTS (
       SELECT 1 FROM indexed AS i WHERE i.lineage = versions.lineage AND i.number BETWEEN versions.first AND versions.last
     )
     RETURNING path`,
    { lineage, number },
  );
  for (const { path } of orphans) forgetPathWithoutVersions(db, Number(path));
}

/** A type, not an interface: it is handed to statements as it is. */
type Place = {
  readonly lineage: number;
  readonly number: number;
};

/** The snapshot's number in its lineage, given now if it has none. Undefined when it is not in the catalog any more. */
function placeOf(db: Statements, key: SnapshotKey): Place | undefined {
  const snapshot = db.get(
    `SELECT s.row, s.source_id, s.hostname, json_extract(s.summary, '$.paths') AS paths, i.lineage, i.number
     FROM snapshots AS s LEFT JOIN indexed AS i ON i.snapshot = s.row
     WHERE s.repository_id = :repositoryId AND s.snapshot_id = :snapshotId`,
    { repositoryId: key.repositoryId, snapshotId: key.snapshotId },
  );
  if (!snapshot) return undefined;
  if (snapshot.lineage !== null) return { lineage: Number(snapshot.lineage), number: Number(snapshot.number) };
  const lineage = lineageId(db, key.repositoryId, lineageKey(snapshot));
  const number = Number(
    db.get('UPDATE lineages SET last_number = last_number + 1 WHERE id = :lineage RETURNING last_number', { lineage })
      ?.last_number,
  );
  db.run('INSERT INTO indexed (lineage, number, snapshot) VALUES (:lineage, :number, :row)', {
    lineage,
    number,
    row: snapshot.row ?? null,
  });
  return { lineage, number };
}

/** Snapshots whose paths are likely the same: of one source, or of the same folders of one host. */
function lineageKey(snapshot: Row): string {
  return snapshot.source_id === null ? `${snapshot.hostname}\0${snapshot.paths}` : `source:${snapshot.source_id}`;
}

function lineageId(db: Statements, repositoryId: RepositoryId, key: string): number {
  const known = db.get('SELECT id FROM lineages WHERE repository_id = :repositoryId AND key = :key', {
    repositoryId,
    key,
  });
  if (known) return Number(known.id);
  return db.run('INSERT INTO lineages (repository_id, key) VALUES (:repositoryId, :key)', { repositoryId, key }).id;
}

function pathId(db: Statements, path: string): number {
  const name = snapshotPathName(path);
  const folder = folderId(db, path.slice(0, path.length - name.length - 1) || '/');
  const nameRow = nameId(db, name);
  const known = db.get('SELECT id FROM paths WHERE name = :name AND folder = :folder', { name: nameRow, folder });
  if (known) return Number(known.id);
  return db.run('INSERT INTO paths (folder, name) VALUES (:folder, :name)', { folder, name: nameRow }).id;
}

function folderId(db: Statements, path: string): number {
  const known = db.get('SELECT id FROM folders WHERE path = :path', { path });
  return known ? Number(known.id) : db.run('INSERT INTO folders (path) VALUES (:path)', { path }).id;
}

function nameId(db: Statements, name: string): number {
  const known = db.get('SELECT id FROM names WHERE name = :name', { name });
  if (known) return Number(known.id);
  const { id } = db.run('INSERT INTO names (name) VALUES (:name)', { name });
  db.run('INSERT INTO names_search (rowid, name) VALUES (:id, :name)', { id, name });
  return id;
}

function forgetPathWithoutVersions(db: Statements, id: number): void {
  const gone = db.get(
    'DELETE FROM paths WHERE id = :id AND NOT EXISTS (SELECT 1 FROM versions WHERE path = :id) RETURNING name, folder',
    { id },
  );
  if (!gone) return;
  const name = db.get(
    'DELETE FROM names WHERE id = :name AND NOT EXISTS (SELECT 1 FROM paths WHERE name = :name) RETURNING id, name',
    { name: gone.name ?? null },
  );
  if (name) {
    db.run("INSERT INTO names_search (names_search, rowid, name) VALUES ('delete', :id, :name)", {
      id: name.id ?? null,
      name: name.name ?? null,
    });
  }
}
