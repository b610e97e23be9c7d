import { unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Instant } from '../../../../shared/domain/time.ts';
import { asStillpointError } from '../../../../shared/errors/index.ts';
import { quoteName } from '../../repository/index.ts';
import { hasCode } from '../../system/errno.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { directoryBelow } from '../plan/anchor.ts';
import type { Found, PlanDirectory } from '../plan/plan-item.ts';
import { parseSnapshotPath } from '../plan/selection.ts';
import { isSameVersion } from '../target/found.ts';
import { TargetTree } from '../target/target-tree.ts';
import { keptName } from '../write/aside-entries.ts';
import { recordOfFound } from './found-record.ts';
import { type LeftJournal, syncDirectory, takeLeftJournals } from './journal.ts';
import { type ChangeKind, type JournalRecord, placesInWords, type RestoreHead } from './journal-records.ts';
import { type PresentRoot, presentRoot } from './present-root.ts';
import { look } from './recover-look.ts';
import { recoverTree, treesIn } from './recover-trees.ts';
import { type ChangeRecord, changesIn, newRecord, type RestoreRecords } from './undo-record.ts';

export interface RecoverParts {
  readonly ops: FileOps;
  readonly stateDirectory: string;
  readonly records: RestoreRecords;
  readonly now: () => Instant;
}

type Of<Name extends JournalRecord['record']> = Extract<JournalRecord, { record: Name }>;

/** What a journal says about one entry. */
interface Entry {
  put: Of<'put'> | null;
  ready: Of<'ready'> | null;
  aside: Of<'aside'> | null;
  placed: Of<'placed'> | null;
  remove: Of<'remove'> | null;
  isOver: boolean;
}

export interface Counts {
  finished: number;
  rolledBack: number;
  kept: number;
}

/**
 * Finishes or rolls back what interrupted restores left: an entry that was complete and still belongs where it was meant
 * to go gets there, every other temporary file is removed, what was moved aside for nothing goes back. What was done is
 * then recorded, so that it can be taken back like any other restore. Restores that another helper is doing right now are
 * not touched. One sentence each for people. A target that is not there (an unplugged disk) keeps its journal for the
 * next time.
 */
export function recoverRestores(parts: RecoverParts): readonly string[] {
  const recover = (journal: LeftJournal): readonly string[] => {
    const start = journal.records.find((record) => record.record === 'start');
    if (!start) {
      // Nothing is begun before the start is durable.
      removeJournal(journal);
      return [];
    }
    try {
      return [recoverOne(parts, journal, start.head)];
    } catch (error) {
      return [
        `A restore to ${placesInWords(start.head)} was interrupted and cannot be cleaned up yet: ${asStillpointError(error).message}`,
      ];
    }
  };
  const unreadable = (path: string, error: unknown): string =>
    `What an interrupted restore left cannot be read: ${path} (${error instanceof Error ? error.message : String(error)}).`;
  return takeLeftJournals(parts.stateDirectory, recover, unreadable);
}

function recoverOne(parts: RecoverParts, journal: LeftJournal, head: RestoreHead): string {
  const target = new TargetTree(parts.ops);
  const counts: Counts = { finished: 0, rolledBack: 0, kept: 0 };
  try {
    const places = new Places(head, target);
    const entries = entriesOf(journal.records);
    const failures: unknown[] = [];
    const attempt = <T>(otherwise: T, work: () => T): T => {
      try {
        return work();
      } catch (error) {
        failures.push(error);
        return otherwise;
      }
    };
    // Before what may lie in them.
    const trees = treesIn(journal.records).flatMap((tree) =>
      attempt([], () => recoverTree(tree, places, target, counts)),
    );
    const changes = [...entries.values()].flatMap((entry) =>
      attempt([], () => recoverEntry(entry, places, target, counts)),
    );
    for (const entry of entries.values()) attempt(undefined, () => removeAside(entry, places, target, counts));
    // The others are done; what could not be done now is tried again at the next start.
    if (failures.length > 0) throw failures[0];
    if (!parts.records.load(head.runId)) {
      parts.records.save(newRecord({ head, finishedAt: parts.now(), interrupted: true, changes, trees }));
    }
    removeJournal(journal);
    return inWords(head, changesIn({ changes, trees }), counts);
  } finally {
    target.close();
  }
}

function recoverEntry(entry: Entry, places: Places, target: TargetTree, counts: Counts): readonly ChangeRecord[] {
  const change = (record: { root: number; path: string }, kind: ChangeKind, now: Found | null): ChangeRecord => ({
    root: record.root,
    path: record.path,
    change: kind,
    now: now && recordOfFound(now),
  });
  if (entry.remove) {
    // Announced, and gone: it was deleted, whether or not there was time to say so.
    const { directory, name } = places.of(entry.remove);
    const there = look(target, directory, name);
    if (there === null) return [change(entry.remove, 'deleted', null)];
    // A folder of which only what was in it is gone: its times moved with that, and come back with it.
    const was = places.root(entry.remove).foundOf(entry.remove.was);
    const isEmptied = there.type === 'dir' && isSameInode(was, there) && was.mtimeNs !== there.mtimeNs;
    return isEmptied ? [change(entry.remove, 'metadata', there)] : [];
  }
  const { put, placed } = entry;
  if (!put) return [];
  const { directory, name } = places.of(put);
  if (placed) {
    if (put.temp !== null) discard(target, directory, Buffer.from(put.temp), counts, false);
    return [change(put, placed.change, places.root(put).foundOf(placed.now))];
  }
  if (put.temp === null) return recoverDirectory(entry, put, directory, name, target, change);
  const temp = Buffer.from(put.temp);
  const staged = look(target, directory, temp);
  const there = look(target, directory, name);
  const isOurs = (found: Found | null): boolean =>
    entry.ready !== null &&
    found !== null &&
    String(found.inode) === entry.ready.inode &&
    found.deviceId === places.root(put).deviceOf(entry.ready.deviceId);
  const kind: ChangeKind = put.was === null ? 'added' : 'replaced';
  const { was } = put;
  if (there && was && entry.ready?.inode === was.inode) {
    // Its metadata was to be set where it is. A change time that moved, with the content that was there, is our doing.
    const before = places.root(put).foundOf(was);
    const isSet = isOurs(there) && !isSameVersion(before, there) && isSameVersion({ ...before, links: 2n }, there);
    return isSet ? [change(put, 'metadata', there)] : [];
  }
  if (isOurs(there)) {
    discard(target, directory, temp, counts, false);
    return [change(put, kind, look(target, directory, name))];
  }
  const wasMeant =
    there === null
      ? put.was === null || (entry.aside !== null && put.was.type !== 'dir')
      : put.was !== null && there.type !== 'dir' && isSameVersion(places.root(put).foundOf(put.was), there);
  if (isOurs(staged) && wasMeant && !entry.isOver) {
    target.ops.renameSync(target.entry(directory, temp), target.entry(directory, name));
    counts.finished += 1;
    return [change(put, kind, look(target, directory, name))];
  }
  if (staged) discard(target, directory, temp, counts, true);
  putBack(entry, directory, name, target);
  return [];
}

function isSameInode(one: Found, other: Found): boolean {
  return one.inode === other.inode && one.deviceId === other.deviceId && one.type === other.type;
}

function recoverDirectory(
  entry: Entry,
  put: Of<'put'>,
  directory: PlanDirectory,
  name: Buffer,
  target: TargetTree,
  change: (record: Of<'put'>, kind: ChangeKind, now: Found | null) => ChangeRecord,
): readonly ChangeRecord[] {
  const there = look(target, directory, name);
  const wasThere = put.was !== null && put.was.type === 'dir';
  if (there?.type === 'dir' && !wasThere && !entry.isOver) {
    // Made just before the end: empty, and ours to keep as added.
    return [change(put, put.was === null ? 'added' : 'replaced', there)];
  }
  if (there?.type === 'dir' && wasThere && put.was && !entry.isOver) {
    // Its metadata is set last. Whether that was reached cannot be told where nothing shows it: set again, it harms nothing.
    const { mode, uid, gid, mtimeNs, ctimeNs } = put.was;
    const isAsItWas =
      [mode, uid, gid].join() === [there.mode, there.uid, there.gid].join() &&
      [mtimeNs, ctimeNs].join() === [there.mtimeNs, there.ctimeNs].join();
    if (!isAsItWas) return [change(put, 'metadata', there)];
  }
  putBack(entry, directory, name, target);
  return [];
}

/** What was moved aside returns to its place when nothing took it. */
function putBack(entry: Entry, directory: PlanDirectory, name: Buffer, target: TargetTree): void {
  if (!entry.aside) return;
  const aside = Buffer.from(entry.aside.name);
  if (look(target, directory, name) !== null || look(target, directory, aside) === null) return;
  target.ops.renameSync(target.entry(directory, aside), target.entry(directory, name));
}

/** What is still aside was replaced: it goes where only listed deletions are left of it, else it is kept by name. */
function removeAside(entry: Entry, places: Places, target: TargetTree, counts: Counts): void {
  if (!entry.aside || !entry.put) return;
  const { directory, name } = places.of(entry.put);
  const aside = Buffer.from(entry.aside.name);
  const now = look(target, directory, aside);
  if (!now) return;
  const was = entry.put.was && places.root(entry.put).foundOf(entry.put.was);
  const isKnown = was !== null && isSameVersion(was, { ...now, ctimeNs: was.ctimeNs });
  try {
    if (isKnown) {
      const path = target.entry(directory, aside);
      if (now.type === 'dir') target.ops.rmdirSync(path);
      else target.ops.unlinkSync(path);
      return;
    }
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
  const kept = keptName(name, (candidate) => look(target, directory, candidate) !== null);
  target.ops.renameSync(target.entry(directory, aside), target.entry(directory, kept));
  counts.kept += 1;
}

function entriesOf(records: readonly JournalRecord[]): ReadonlyMap<number, Entry> {
  const entries = new Map<number, Entry>();
  for (const record of records) {
    if (!('n' in record)) continue;
    const entry = entries.get(record.n) ?? {
      put: null,
      ready: null,
      aside: null,
      placed: null,
      remove: null,
      isOver: false,
    };
    entries.set(record.n, entry);
    if (record.record === 'put') entry.put = record;
    else if (record.record === 'ready') entry.ready = record;
    else if (record.record === 'aside') entry.aside = record;
    else if (record.record === 'placed') entry.placed = record;
    else if (record.record === 'remove') entry.remove = record;
    else if (record.record === 'skipped') entry.isOver = true;
  }
  return entries;
}

/** Directories of a journal, reached like those of a plan. */
export class Places {
  readonly #roots: readonly PresentRoot[];
  readonly #tops: readonly PlanDirectory[];
  readonly #known = new Map<string, PlanDirectory>();

  constructor(head: RestoreHead, target: TargetTree) {
    this.#roots = head.roots.map((record) => presentRoot(target.ops, record));
    this.#tops = this.#roots.map(
      ({ root }): PlanDirectory => ({
        root,
        parent: null,
        name: Buffer.alloc(0),
        snapshotPath: '/',
        tree: null,
        node: null,
      }),
    );
    for (const top of this.#tops) target.open(top);
  }

  /** How numbers of the journal read today. */
  root(record: { readonly root: number }): PresentRoot {
    const root = this.#roots[record.root];
    if (!root) throw new Error(`a journal names root ${record.root}, which it does not have`);
    return root;
  }

  of(record: { readonly root: number; readonly path: string }): { directory: PlanDirectory; name: Buffer } {
    const steps = parseSnapshotPath(record.path, 'journal');
    const top = this.#tops[record.root];
    if (!top) throw new Error(`a journal names root ${record.root}, which it does not have`);
    let directory = top;
    let key = String(record.root);
    for (const step of steps.slice(0, -1)) {
      key += `/${quoteName(step)}`;
      directory =
        this.#known.get(key) ?? directoryBelow(directory, step, { snapshotPath: key, tree: null, node: null });
      this.#known.set(key, directory);
    }
    return { directory, name: steps.at(-1) ?? Buffer.alloc(0) };
  }
}

function discard(
  target: TargetTree,
  directory: PlanDirectory,
  temp: Buffer,
  counts: Counts,
  isRollback: boolean,
): void {
  try {
    target.ops.unlinkSync(target.entry(directory, temp));
    if (isRollback) counts.rolledBack += 1;
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
  }
}

function removeJournal({ path }: LeftJournal): void {
  unlinkSync(path);
  syncDirectory(dirname(path));
}

function inWords(head: RestoreHead, changes: number, { finished, rolledBack, kept }: Counts): string {
  const parts = [
    `A restore to ${placesInWords(head)} was interrupted: ${countOf(changes)} of it ${changes === 1 ? 'is' : 'are'} in place`,
  ];
  if (finished > 0) parts.push(`${countOf(finished)} of these were finished now`);
  if (rolledBack > 0)
    parts.push(`${countOf(rolledBack)} only half-written ${rolledBack === 1 ? 'was' : 'were'} removed`);
  if (kept > 0)
    parts.push(
      `${countOf(kept)} that stood in the way ${kept === 1 ? 'is' : 'are'} kept under a name that ends in .kept`,
    );
  return `${parts.join(', ')}. Restore again to put back what is missing.`;
}

function countOf(count: number): string {
  return count === 1 ? '1 entry' : `${count.toLocaleString('en')} entries`;
}
