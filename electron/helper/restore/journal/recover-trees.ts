import { constants } from 'node:fs';
import { hasCode } from '../../system/errno.ts';
import { renameNew } from '../../system/rename-new.ts';
import { emptyFolder } from '../fresh/remove-tree.ts';
import { finishTop } from '../fresh/top-metadata.ts';
import { entriesOfTree, type TreeText } from '../fresh/tree-lines.ts';
import type { Found, PlanDirectory } from '../plan/plan-item.ts';
import type { TargetTree } from '../target/target-tree.ts';
import { keptName } from '../write/aside-entries.ts';
import type { JournalRecord } from './journal-records.ts';
import type { Counts, Places } from './recover.ts';
import { look } from './recover-look.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

type Of<Name extends JournalRecord['record']> = Extract<JournalRecord, { record: Name }>;

/** What a journal says about a folder that was to be made with everything in it. */
interface Tree {
  readonly tree: Of<'tree'>;
  begun: Of<'begun'> | null;
  made: Of<'made'> | null;
  isNamed: boolean;
  isOver: boolean;
}

export function treesIn(records: readonly JournalRecord[]): readonly Tree[] {
  const trees = new Map<number, Tree>();
  for (const record of records) {
    if (record.record === 'tree')
      trees.set(record.n, { tree: record, begun: null, made: null, isNamed: false, isOver: false });
    if (!('n' in record)) continue;
    const tree = trees.get(record.n);
    if (!tree) continue;
    if (record.record === 'begun') tree.begun = record;
    else if (record.record === 'made') tree.made = record;
    else if (record.record === 'named') tree.isNamed = true;
    else if (record.record === 'skipped') tree.isOver = true;
  }
  return [...trees.values()];
}

/** Gives a tree that is whole its name, and removes any other. What is in place is returned. */
export function recoverTree(entry: Tree, places: Places, target: TargetTree, counts: Counts): readonly TreeText[] {
  const { tree, made, isNamed, isOver } = entry;
  const { directory, name } = places.of(tree);
  const temp = Buffer.from(tree.temp);
  if (made) {
    const { root, path } = tree;
    const text: TreeText = { root, path, deviceId: made.deviceId, lines: made.lines };
    const inode = inodeOf(text);
    if (isNamed) return [text];
    if (isSame(places, entry, look(target, directory, name), inode)) {
      if (made.top && inode !== undefined) finishTop(target, directory, name, inode, made.top);
      return [text];
    }
    const isThere = isSame(places, entry, look(target, directory, temp), inode);
    if (isThere && !isOver) {
      const parent = target.open(directory);
      if (target.ops.run(() => renameNew(target.ops, parent, temp, name))) {
        if (made.top && inode !== undefined) finishTop(target, directory, name, inode, made.top);
        counts.finished += 1;
        return [text];
      }
    }
  }
  remove(entry, places, target, directory, name, counts);
  return [];
}

function inodeOf(text: TreeText): string | undefined {
  for (const { now } of entriesOfTree(text)) return now.inode;
  return undefined;
}

function isSame(places: Places, { tree, made, begun }: Tree, found: Found | null, inode: string | undefined): boolean {
  const device = made?.deviceId ?? begun?.deviceId;
  if (found?.type !== 'dir' || device === undefined) return false;
  return String(found.inode) === inode && found.deviceId === places.root(tree).deviceOf(device);
}

/**
 * Only what is known to be the folder of ours is removed with what is in it: whoever may write beside it could have put another
 * there. Of one that the journal had no time to know only an empty one goes; else it is kept by name.
 */
function remove(
  entry: Tree,
  places: Places,
  target: TargetTree,
  directory: PlanDirectory,
  name: Buffer,
  counts: Counts,
): void {
  const temp = Buffer.from(entry.tree.temp);
  const found = look(target, directory, temp);
  if (found?.type !== 'dir') return;
  const { ops } = target;
  if (isSame(places, entry, found, entry.begun?.inode)) {
    const fd = ops.openBeneath(target.open(directory), temp, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    try {
      if (ops.fstatSync(fd).ino === found.inode) emptyFolder(ops, fd);
    } finally {
      ops.closeSync(fd);
    }
  }
  try {
    ops.rmdirSync(target.entry(directory, temp));
    counts.rolledBack += 1;
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    const kept = keptName(name, (candidate) => look(target, directory, candidate) !== null);
    ops.renameSync(target.entry(directory, temp), target.entry(directory, kept));
    counts.kept += 1;
  }
}
