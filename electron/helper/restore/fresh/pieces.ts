import type { TreeNode } from '../../repository/index.ts';
import { hasCode } from '../../system/errno.ts';
import type { PlanDirectory } from '../plan/plan-item.ts';
import type { LocatedBlob } from '../snapshot-source.ts';
import type { RestoreContext } from '../write/restore-context.ts';
import type { EntryRow, FolderRow } from './contract.ts';
import { lineOfFound } from './found-line.ts';
import type { FolderOfTree, FreshTree } from './fresh-tree.ts';

const entriesPerJob = 64;
const sealedPerJob = 2 * 1024 * 1024;

/** One entry of a tree that is to be made. */
export interface Piece {
  readonly tree: FreshTree;
  readonly index: number;
  readonly folder: FolderOfTree;
  readonly node: TreeNode;
  readonly blobs: readonly LocatedBlob[];
}

/** What threads are told of folders: each once in a job. */
export class FolderRows {
  readonly rows: FolderRow[] = [];
  readonly #known = new Map<FolderOfTree, number>();

  indexOf(tree: FreshTree, folder: FolderOfTree): number {
    const known = this.#known.get(folder);
    if (known !== undefined) return known;
    this.#known.set(folder, this.rows.length);
    this.rows.push([tree.fd, folder.path]);
    return this.rows.length - 1;
  }
}

export function* groupsOf(pieces: readonly Piece[]): Generator<readonly Piece[], void, undefined> {
  let group: Piece[] = [];
  let sealed = 0;
  for (const piece of pieces) {
    const [first] = group;
    // Who new entries belong to is told once in a job.
    if (first && first.tree !== piece.tree && String(first.tree.owner) !== String(piece.tree.owner)) {
      yield group;
      group = [];
      sealed = 0;
    }
    group.push(piece);
    for (const { length } of piece.blobs) sealed += length;
    if (group.length < entriesPerJob && sealed < sealedPerJob) continue;
    yield group;
    group = [];
    sealed = 0;
  }
  if (group.length > 0) yield group;
}

export function rowOf(node: TreeNode, folder: number, blobs: EntryRow[10]): EntryRow {
  const { name, type, mode, uid, gid, atimeNs, mtimeNs, linkTarget, device, extendedAttributes = [] } = node;
  const special = type === 'symlink' ? (linkTarget?.toString('latin1') ?? '') : type === 'file' ? '' : String(device);
  const attributes = extendedAttributes.map(({ name: key, value }) => [key, value.toString('base64')] as const);
  const times = [String(atimeNs), String(mtimeNs)] as const;
  return [folder, name.toString('latin1'), type, mode, uid, gid, ...times, special, attributes, blobs];
}

/** Makes the folder with all above it that are not there. Threads do the same meanwhile. */
export function ensureFolder(target: RestoreContext['target'], directory: PlanDirectory): void {
  try {
    target.open(directory);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || !directory.parent) throw error;
    ensureFolder(target, directory.parent);
    try {
      target.ops.mkdirSync(target.entry(directory.parent, directory.name), 0o700);
    } catch (again) {
      if (!hasCode(again, 'EEXIST')) throw again;
    }
  }
}

/** What a folder is now; null where none is. */
export function lineAt({ target }: RestoreContext, { parent, name }: PlanDirectory): string | null {
  try {
    const found = parent && target.lookAt(parent, name);
    return found && lineOfFound(found);
  } catch {
    return null;
  }
}
