import type { RepositoryId } from '../../../shared/domain/ids.ts';
import { joinSnapshotPath, snapshotPathName } from '../../../shared/domain/path-text.ts';
import { nodeTypes } from '../../../shared/domain/snapshot.ts';
import type { CatalogResult } from '../contract.ts';
import { usToInstant } from './exact-ms.ts';
import { LiveSnapshots, type Stretch } from './live-versions.ts';
import { ftsPhrase, isIndexed, likePattern, nameRank, parseSearchText, type SearchText } from './search-text.ts';
import type { Row, Statements } from './statements.ts';

/** Names, and then paths, that are looked at before the best are taken; a search for `e` must stay quick. */
const mostNames = 2_000;
const mostPaths = 2_000;

interface Version extends Stretch {
  readonly type: number;
  readonly size: number;
  readonly modified: number;
}

export function searchFiles(db: Statements, text: string, limit: number): CatalogResult<'files.search'> {
  const search = parseSearchText(text);
  const complete = isComplete(db);
  if (search.words.length === 0) return { hits: [], complete };
  const live = new LiveSnapshots(db);
  const candidates = pathsLike(db, search)
    .flatMap(({ id, path }) => byRepository(versionsOf(db, id)).map((versions) => ({ path, versions })))
    .flatMap(({ path, versions }) => {
      const found = newestOf(live, versions);
      return found ? [{ path, ...found }] : [];
    });
  const typed = search.words.join(' ');
  const rank = ({ path }: { path: string }): number => nameRank(snapshotPathName(path), typed);
  candidates.sort((a, b) => rank(a) - rank(b) || b.time - a.time || (a.path < b.path ? -1 : 1));
  return {
    hits: candidates.slice(0, limit).map(({ path, version, row, count }) => ({
      path,
      type: nodeTypes[version.type] ?? 'file',
      versions: count,
      latest: live.mark(row),
      sourceName: String(db.get('SELECT source_name FROM snapshots WHERE row = :row', { row })?.source_name ?? ''),
      size: version.size,
      modifiedAt: usToInstant(version.modified),
    })),
    complete,
  };
}

/** Newest first, each content once: the newest snapshot that has it. */
export function fileVersions(
  db: Statements,
  repositoryId: RepositoryId,
  path: string,
): CatalogResult<'files.versions'> {
  const name = snapshotPathName(path);
  const folder = path.slice(0, path.length - name.length - 1) || '/';
  const found = db.get(
    `SELECT p.id FROM paths AS p JOIN names AS n ON n.id = p.name JOIN folders AS f ON f.id = p.folder
     WHERE n.name = :name AND f.path = :folder`,
    { name, folder },
  );
  if (!found) return [];
  const live = new LiveSnapshots(db);
  const newest = new Map<string, { version: Version; row: number; time: number }>();
  for (const version of versionsOf(db, Number(found.id))) {
    if (version.repositoryId !== repositoryId) continue;
    const snapshot = live.newest(version);
    if (!snapshot) continue;
    const content = `${version.type} ${version.size} ${version.modified}`;
    const other = newest.get(content);
    if (!other || other.time < snapshot.time) newest.set(content, { version, row: snapshot.row, time: snapshot.time });
  }
  return [...newest.values()]
    .sort((a, b) => b.time - a.time)
    .map(({ version, row }) => ({
      snapshot: live.mark(row),
      size: version.size,
      modifiedAt: usToInstant(version.modified),
    }));
}

function isComplete(db: Statements): boolean {
  const open = db.get(
    'SELECT 1 FROM snapshots AS s WHERE NOT EXISTS (SELECT 1 FROM indexed AS i WHERE i.snapshot = s.row AND i.complete = 1) LIMIT 1',
  );
  return open === undefined;
}

function pathsLike(db: Statements, search: SearchText): { id: number; path: string }[] {
  const names = JSON.stringify(namesLike(db, search.words));
  const rows = db.all(
    `SELECT p.id, f.path AS folder, n.name
     FROM json_each(:names) AS wanted JOIN names AS n ON n.id = wanted.value
     JOIN paths AS p ON p.name = n.id JOIN folders AS f ON f.id = p.folder
     WHERE f.path LIKE :folder ESCAPE '~' LIMIT ${mostPaths}`,
    { names, folder: likePattern(search.folder) },
  );
  return rows.map(({ id, folder, name }) => ({ id: Number(id), path: joinSnapshotPath(String(folder), String(name)) }));
}

/** Ids of names that hold all words. The whole name and its beginning come first, so that a cut loses the worst. */
function namesLike(db: Statements, words: readonly string[]): number[] {
  const indexed = words.filter(isIndexed);
  const short = words.filter((word) => !isIndexed(word));
  // LIKE folds the case of ASCII alone; for short words of other scripts the usual spellings are tried.
  const patterns = short.map((word) => [word, word.toLowerCase(), word.toUpperCase()].map(likePattern));
  const conditions = patterns.map(
    (_, at) => `(n.name LIKE :a${at} ESCAPE '~' OR n.name LIKE :b${at} ESCAPE '~' OR n.name LIKE :c${at} ESCAPE '~')`,
  );
  if (indexed.length > 0) {
    conditions.unshift('n.id IN (SELECT rowid FROM names_search WHERE names_search MATCH :phrases)');
  }
  const bindings = Object.fromEntries(
    patterns.flatMap(([a, b, c], at) => [
      [`a${at}`, a ?? ''],
      [`b${at}`, b ?? ''],
      [`c${at}`, c ?? ''],
    ]),
  );
  const rows = db.all(
    `SELECT n.id FROM names AS n WHERE ${conditions.join(' AND ')} ORDER BY length(n.name), n.name LIMIT ${mostNames}`,
    indexed.length > 0 ? { ...bindings, phrases: indexed.map(ftsPhrase).join(' AND ') } : bindings,
  );
  return rows.map(({ id }) => Number(id));
}

type RepositoryVersion = Version & { readonly repositoryId: string };

function versionsOf(db: Statements, path: number): RepositoryVersion[] {
  const rows: Row[] = db.all(
    `SELECT v.lineage, v.first, v.last, v.type, v.size, v.modified_us AS modified, l.repository_id AS repositoryId
     FROM versions AS v JOIN lineages AS l ON l.id = v.lineage WHERE v.path = :path`,
    { path },
  );
  return rows as unknown as RepositoryVersion[];
}

function byRepository(versions: readonly RepositoryVersion[]): RepositoryVersion[][] {
  return [...Map.groupBy(versions, ({ repositoryId }) => repositoryId).values()];
}

function newestOf(live: LiveSnapshots, versions: readonly Version[]) {
  let newest: { version: Version; row: number; time: number } | undefined;
  const contents = new Set<string>();
  for (const version of versions) {
    const snapshot = live.newest(version);
    if (!snapshot) continue;
    contents.add(`${version.type} ${version.size} ${version.modified}`);
    if (!newest || snapshot.time > newest.time) newest = { version, row: snapshot.row, time: snapshot.time };
  }
  return newest && { ...newest, count: contents.size };
}
