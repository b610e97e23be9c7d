import type { BlobId } from '../../../shared/domain/ids.ts';
import { joinSnapshotPath } from '../../../shared/domain/path-text.ts';
import type { RestoreRequest } from '../../../shared/domain/restore.ts';
import { quoteName, type TreeNode } from '../repository/index.ts';
import { hasCode } from '../system/errno.ts';
import { Breather } from './breather.ts';
import { placesOf } from './journal/journal-records.ts';
import { type PresentRoot, presentRoot } from './journal/present-root.ts';
import { type ChangeRecord, changesOf, type RestoreRecord } from './journal/undo-record.ts';
import { directoryBelow } from './plan/anchor.ts';
import type { BuildInput, BuiltPlan } from './plan/build-plan.ts';
import { OwnPlaces } from './plan/own-places.ts';
import { type Found, localPath, type PlanDirectory, type PlanItem, stepsTo } from './plan/plan-item.ts';
import { count, PlanNotes } from './plan/plan-notes.ts';
import { nameKey, parseSnapshotPath } from './plan/selection.ts';
import { StoredTree } from './plan/stored-tree.ts';
import { isSameVersion } from './target/found.ts';
import { splitPath, TargetTree } from './target/target-tree.ts';

export interface UndoInput extends Omit<BuildInput, 'request'> {
  readonly record: RestoreRecord;
}

/** One name of the tree that the restore changed, with what it did there. */
interface Changed {
  readonly name: Buffer;
  readonly below: Map<string, Changed>;
  change: ChangeRecord | null;
}

/**
 * Plans to take a restore back: what it replaced, deleted or gave other metadata comes from its safety snapshot, what it
 * added goes. Whatever was changed since stays as it is now, and is told. Looks only.
 */
export async function buildUndo(
  input: UndoInput,
): Promise<{ readonly built: BuiltPlan; readonly request: RestoreRequest }> {
  const { record, source, ops, ownPaths, signal } = input;
  const { head } = record;
  const tree = new StoredTree(source);
  const safety = head.safetySnapshotId ? await source.loadSnapshot(head.safetySnapshotId) : null;
  const target = new TargetTree(ops);
  const planner = new UndoPlanner(target, tree, new OwnPlaces(ownPaths, ops), new Breather(signal));
  try {
    const roots = head.roots.map((root) => presentRoot(ops, root));
    for (const [index, root] of roots.entries()) {
      await planner.planRoot(root, changedTree(record, index), safety?.tree ?? null);
    }
    const request: RestoreRequest = {
      point: {
        repositoryId: head.repositoryId,
        snapshotId: head.safetySnapshotId ?? head.restoredSnapshotId,
        instant: null,
      },
      selection: [],
      target: { kind: 'original' },
      mode: 'exact',
    };
    const { items, notes } = planner;
    planner.tellKept();
    return {
      built: {
        items,
        notes,
        roots: roots.map(({ root }) => root),
        tree,
        keptNewer: planner.keptTotal,
        targetPath: head.targetPath,
        places: placesOf(head),
      },
      request,
    };
  } finally {
    target.close();
  }
}

function changedTree(record: RestoreRecord, root: number): Changed {
  const top: Changed = { name: Buffer.alloc(0), below: new Map(), change: null };
  for (const change of changesOf(record)) {
    if (change.root !== root) continue;
    let at = top;
    for (const step of parseSnapshotPath(change.path, 'record')) {
      const next = at.below.get(nameKey(step)) ?? { name: step, below: new Map(), change: null };
      at.below.set(nameKey(step), next);
      at = next;
    }
    // The same place twice (a folder replaced by a file, and what was in it deleted): the first says what is there.
    at.change ??= change;
  }
  return top;
}

class UndoPlanner {
  readonly items: PlanItem[] = [];
  readonly notes = new PlanNotes();
  readonly #kept: string[] = [];
  /** Folders that nobody may look into in whose name it is done. */
  readonly #shut: string[] = [];
  #present: PresentRoot | null = null;
  readonly #target: TargetTree;
  readonly #tree: StoredTree;
  readonly #own: OwnPlaces;
  readonly #breather: Breather;

  constructor(target: TargetTree, tree: StoredTree, own: OwnPlaces, breather: Breather) {
    this.#target = target;
    this.#tree = tree;
    this.#own = own;
    this.#breather = breather;
  }

  async planRoot(present: PresentRoot, changed: Changed, safety: BlobId | null): Promise<void> {
    this.#present = present;
    const { root } = present;
    const steps = splitPath(root.path);
    const snapshotPath = steps.length === 0 ? '/' : steps.map((step) => `/${quoteName(step)}`).join('');
    const along = safety ? await this.#tree.along(safety, steps) : [];
    const node = along.length === steps.length ? (along.at(-1) ?? null) : null;
    const tree = steps.length === 0 ? safety : (node?.subtree ?? null);
    const isOfRoot = changed.change?.change === 'metadata';
    const top: PlanDirectory = {
      root,
      parent: null,
      name: Buffer.alloc(0),
      snapshotPath,
      tree,
      node: isOfRoot ? node : null,
    };
    if (isOfRoot && node) {
      const now = this.#target.look({ in: top, name: Buffer.alloc(0) });
      this.items.push(itemOf(top, Buffer.alloc(0), 'metadata', node, now, top));
    }
    await this.#planBelow(top, changed, true);
  }

  get keptTotal(): number {
    return this.#kept.length;
  }

  tellKept(): void {
    const text = `${count(this.#kept.length, 'entry was', 'entries were')} changed since the restore and will be kept as now.`;
    const shut = `${count(this.#shut.length, 'folder', 'folders')} cannot be looked into with your rights and will be kept.`;
    if (this.#shut.length > 0) this.notes.say({ code: 'no-rights', text: shut, paths: this.#shut, asks: false });
    if (this.#kept.length > 0) this.notes.say({ code: 'newer-now', text, paths: this.#kept, asks: false });
  }

  async #planBelow(directory: PlanDirectory, changed: Changed, isThere: boolean): Promise<void> {
    const nodes = directory.tree ? await this.#tree.nodes(directory.tree) : [];
    const byName = new Map(nodes.map((node) => [nameKey(node.name), node]));
    const names = [...changed.below.values()].sort((a, b) => Buffer.compare(a.name, b.name));
    for (const child of names) {
      await this.#breather.pause();
      await this.#planEntry(directory, child, byName.get(nameKey(child.name)) ?? null, isThere);
    }
  }

  async #planEntry(parent: PlanDirectory, changed: Changed, node: TreeNode | null, isThere: boolean): Promise<void> {
    const path = joinSnapshotPath(parent.snapshotPath, quoteName(changed.name));
    const now = isThere ? this.#look(parent, changed.name) : null;
    const { change } = changed;
    if (
      this.#own.touches(localPath(parent.root, [...stepsTo(parent), changed.name])) &&
      change?.change !== 'metadata'
    ) {
      this.notes.add('own-data', path);
      return;
    }
    if (!change) return this.#passThrough(parent, changed, node, now, path);
    if (change.change === 'added') return this.#planRemoval(parent, changed, now, path);
    if (change.change === 'deleted' ? now !== null : !this.#isUntouched(change, now)) return this.#keep(path);
    if (!node) {
      // Nothing of it was there any more when the safety snapshot was taken.
      this.notes.say({ code: 'torn-file', text: `${path} is not in the safety snapshot.`, paths: [path], asks: false });
      return;
    }
    await this.#planReturn(parent, changed, node, now, path, change);
  }

  /** A directory that comes back where there is none: with everything that was kept safe of it. */
  async #planWhole(directory: PlanDirectory): Promise<void> {
    for (const node of directory.tree ? await this.#tree.nodes(directory.tree) : []) {
      await this.#breather.pause();
      const path = joinSnapshotPath(directory.snapshotPath, quoteName(node.name));
      const made = node.subtree
        ? directoryBelow(directory, node.name, { snapshotPath: path, tree: node.subtree, node })
        : null;
      this.items.push(itemOf(directory, node.name, 'add', node, null, made));
      if (made) await this.#planWhole(made);
    }
  }

  /** A directory that was neither made nor changed: only what is in it counts. */
  async #passThrough(
    parent: PlanDirectory,
    changed: Changed,
    node: TreeNode | null,
    now: Found | null,
    path: string,
  ): Promise<void> {
    if (now?.type !== 'dir') return this.#keepAll(changed, path);
    const directory = directoryBelow(parent, changed.name, {
      snapshotPath: path,
      tree: node?.subtree ?? null,
      node: null,
    });
    await this.#planBelow(directory, changed, true);
  }

  async #planReturn(
    parent: PlanDirectory,
    changed: Changed,
    node: TreeNode,
    now: Found | null,
    path: string,
    change: ChangeRecord,
  ): Promise<void> {
    const isTypeChange = now !== null && now.type !== node.type;
    const made = node.subtree
      ? directoryBelow(parent, changed.name, { snapshotPath: path, tree: node.subtree, node })
      : null;
    const going =
      !made && now?.type === 'dir'
        ? directoryBelow(parent, changed.name, { snapshotPath: path, tree: null, node: null })
        : null;
    const action = now === null ? 'add' : change.change === 'metadata' && !isTypeChange ? 'metadata' : 'replace';
    const item: PlanItem = { ...itemOf(parent, changed.name, action, node, now, made ?? going), isTypeChange };
    const inside: PlanItem[] = [];
    // A folder that the restore put where a file was: it goes only if nothing but the restore's own is in it.
    if (going && !this.#planRemovals(going, changed, item, inside)) return this.#keep(path);
    this.items.push(item);
    for (const each of inside) this.items.push(each);
    if (!made) return;
    if (now?.type === 'dir') await this.#planBelow(made, changed, true);
    else await this.#planWhole(made);
  }

  #planRemoval(parent: PlanDirectory, changed: Changed, now: Found | null, path: string): void {
    if (now === null) return;
    const into: PlanItem[] = [];
    this.#collectRemoval(parent, changed, now, path, null, into);
    for (const item of into) this.items.push(item);
  }

  /** Whether it goes. A directory goes when everything in it does; else what may go goes, and the rest is kept. */
  #collectRemoval(
    parent: PlanDirectory,
    changed: Changed,
    now: Found,
    path: string,
    insideOf: PlanItem | null,
    into: PlanItem[],
  ): boolean {
    const { change } = changed;
    const isOurs = change?.change === 'added' && this.#isUntouched(change, now);
    if (!isOurs) {
      this.#keep(path);
      return false;
    }
    if (now.type !== 'dir') {
      into.push(removalOf(parent, changed.name, now, null, insideOf));
      return true;
    }
    const directory = directoryBelow(parent, changed.name, { snapshotPath: path, tree: null, node: null });
    const below: PlanItem[] = [];
    const isWhole = this.#planRemovalsWithRights(directory, changed, insideOf, below);
    if (isWhole) into.push(removalOf(parent, changed.name, now, directory, insideOf));
    for (const item of below) into.push(item);
    return isWhole;
  }

  /** A folder that its owner may not look into stays, and is told; everything else is taken back all the same. */
  #planRemovalsWithRights(
    directory: PlanDirectory,
    changed: Changed,
    insideOf: PlanItem | null,
    into: PlanItem[],
  ): boolean {
    const inside: PlanItem[] = [];
    try {
      return this.#planRemovals(directory, changed, insideOf, inside);
    } catch (error) {
      if (!hasCode(error, 'EACCES')) throw error;
      inside.length = 0;
      this.#shut.push(directory.snapshotPath);
      return false;
    } finally {
      for (const item of inside) into.push(item);
    }
  }

  #planRemovals(directory: PlanDirectory, changed: Changed, insideOf: PlanItem | null, into: PlanItem[]): boolean {
    let isWhole = true;
    for (const name of this.#list(directory)) {
      const child = changed.below.get(nameKey(name)) ?? { name, below: new Map(), change: null };
      const now = this.#look(directory, name);
      const path = joinSnapshotPath(directory.snapshotPath, quoteName(name));
      if (now && !this.#collectRemoval(directory, child, now, path, insideOf, into)) isWhole = false;
    }
    return isWhole;
  }

  /** What is there is what the restore left there. */
  #isUntouched(change: ChangeRecord, now: Found | null): boolean {
    const left = change.now && this.#present?.foundOf(change.now);
    return now !== null && left != null && isSameVersion(left, now);
  }

  #keep(path: string): void {
    this.#kept.push(path);
  }

  #keepAll(changed: Changed, path: string): void {
    if (changed.change) this.#keep(path);
    for (const child of changed.below.values()) this.#keepAll(child, joinSnapshotPath(path, quoteName(child.name)));
  }

  #look(directory: PlanDirectory, name: Buffer): Found | null {
    try {
      return this.#target.lookAt(directory, name);
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
      throw error;
    }
  }

  #list(directory: PlanDirectory): readonly Buffer[] {
    try {
      return this.#target.list(directory);
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return [];
      throw error;
    }
  }
}

function itemOf(
  parent: PlanDirectory,
  name: Buffer,
  action: PlanItem['action'],
  node: TreeNode,
  now: Found | null,
  directory: PlanDirectory | null,
): PlanItem {
  const stored = { size: Number(node.size), mtimeNs: node.mtimeNs, links: node.links };
  return {
    in: parent,
    name,
    action,
    type: node.type,
    stored,
    now,
    directory,
    isTypeChange: false,
    isHidden: false,
    insideOf: null,
  };
}

function removalOf(
  parent: PlanDirectory,
  name: Buffer,
  now: Found,
  directory: PlanDirectory | null,
  insideOf: PlanItem | null,
): PlanItem {
  return {
    ...{ in: parent, name, action: 'delete', type: now.type, stored: null, now, directory },
    ...{ isTypeChange: false, isHidden: false, insideOf },
  };
}
