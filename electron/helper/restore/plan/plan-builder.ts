import type { BlobId } from '../../../../shared/domain/ids.ts';
import { joinSnapshotPath } from '../../../../shared/domain/path-text.ts';
import type { RestoreMode } from '../../../../shared/domain/restore.ts';
import { quoteName, type TreeNode } from '../../repository/index.ts';
import { hasCode } from '../../system/errno.ts';
import { Breather } from '../breather.ts';
import { displayPath } from '../display-path.ts';
import type { AttributeRules } from '../target/attributes.ts';
import { hasSameAttributes } from '../target/attributes.ts';
import type { TargetTree } from '../target/target-tree.ts';
import { directoryBelow } from './anchor.ts';
import { compareEntry } from './compare-entry.ts';
import { DeletionLister } from './deletion-lister.ts';
import { isLeftOut, type SnapshotNotes } from './left-alone.ts';
import type { LeftOutRules } from './left-out-rules.ts';
import type { OwnPlaces } from './own-places.ts';
import { type Found, localPath, type PlanDirectory, type PlanItem, stepsTo } from './plan-item.ts';
import type { PlanNotes } from './plan-notes.ts';
import { type Choice, nameKey, newChoice } from './selection.ts';
import type { StoredTree } from './stored-tree.ts';

export interface PlanBuilderParts {
  readonly target: TargetTree;
  readonly tree: StoredTree;
  readonly mode: RestoreMode;
  readonly snapshotTimeNs: bigint;
  readonly snapshotNotes: SnapshotNotes;
  readonly leftOutRules: LeftOutRules;
  readonly own: OwnPlaces;
  readonly notes: PlanNotes;
  readonly attributes: AttributeRules;
  readonly ownersCount: boolean;
  /** Quoted paths in the snapshot of the places it was made of: one that is inside another is planned by itself. */
  readonly places: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

const everything = newChoice(true);

/**
 * Compares what was chosen of a snapshot with what is at the target. Looks only. Items come in the order in which they
 * are put back: a directory before what is in it.
 */
export class PlanBuilder {
  readonly items: PlanItem[] = [];
  /** Newer entries that are not in the snapshot, in directories that are kept; what it left out anyway does not count. */
  keptNewer = 0;
  readonly #with: PlanBuilderParts;
  readonly #breather: Breather;
  readonly #deletions: DeletionLister;
  /** Folders that are made: their items, by where they are at the target. */
  readonly #made = new Map<string, number>();

  constructor(parts: PlanBuilderParts) {
    this.#with = parts;
    this.#breather = new Breather(parts.signal);
    this.#deletions = new DeletionLister(parts, this.#breather);
  }

  /** The root directory itself: its metadata, where that belongs to what is put back. */
  planRoot(directory: PlanDirectory): void {
    const { target } = this.#with;
    const { node } = directory;
    if (!node) return;
    const now = target.look({ in: directory, name: Buffer.alloc(0) });
    if (!now) return;
    const action = this.#isLeftAlone(directory, null) ? 'same' : this.#compare(node, now, directory, Buffer.alloc(0));
    if (action === 'replace') return;
    this.#add({ in: directory, name: Buffer.alloc(0), node, action, now, directory, isTypeChange: false });
  }

  /** A folder on the way that is not there (or where something else is); `node` null when the snapshot knows it not. */
  planMissing(
    parent: PlanDirectory,
    name: Buffer,
    node: TreeNode | null,
    tree: BlobId | null,
    path: string,
  ): PlanDirectory | null {
    const made = this.#made.get(placeOf(parent, name));
    if (made !== undefined) return this.#madeBefore(made, { snapshotPath: path, tree, node });
    const directory = directoryBelow(parent, name, { snapshotPath: path, tree, node });
    const now = this.#lookIfThere(parent, name);
    const action = now ? 'replace' : 'add';
    const isTypeChange = now !== null;
    if (now && this.#with.leftOutRules.leftOut(parent, name, now)) {
      this.#with.notes.add('own-data', path);
      return null;
    }
    if (now && !this.#mayReplace(parent, name, now, path, isTypeChange)) return null;
    const item = { in: parent, name, action, now, directory, isTypeChange } as const;
    this.#push(
      node ? this.#itemOf({ ...item, node }) : { ...item, ...unknownFolder, isHidden: now === null, insideOf: null },
    );
    return directory;
  }

  /** What lies on the way to several places is made, and what is in its way is replaced, once. */
  #madeBefore(index: number, known: Pick<PlanDirectory, 'snapshotPath' | 'tree' | 'node'>): PlanDirectory {
    const { [index]: item } = this.items;
    if (!item?.directory) throw new Error('a folder that was planned is gone from the plan');
    const { directory } = item;
    if (directory.tree === null && known.tree !== null) Object.assign(directory, known);
    if (directory.node === null && known.node !== null) directory.node = known.node;
    if (item.stored === null && known.node !== null) this.items[index] = this.#itemOf({ ...item, node: known.node });
    return directory;
  }

  #push(item: PlanItem): void {
    const isMade = item.type === 'dir' && (item.action === 'add' || item.action === 'replace');
    if (isMade && item.directory) this.#made.set(placeOf(item.in, item.name), this.items.length);
    this.items.push(item);
  }

  /** What was chosen of the directory's entries; everything of it where `choice` says so. */
  async planEntries(directory: PlanDirectory, choice: Choice, isThere: boolean): Promise<void> {
    const { tree, notes } = this.#with;
    if (!directory.tree) return;
    const nodes = await tree.nodesOrNull(directory.tree, (why) =>
      notes.say({
        code: 'torn-file',
        text: `${directory.snapshotPath} cannot be put back: ${why}`,
        paths: [directory.snapshotPath],
        asks: true,
      }),
    );
    if (!nodes) return;
    await this.#with.leftOutRules.see(directory, nodes);
    const chosen = choice.isWhole ? nodes : nodes.filter(({ name }) => choice.below.has(nameKey(name)));
    const there = chosen.map(({ name }) => (isThere ? this.#lookIfThere(directory, name) : null));
    for (const [index, node] of chosen.entries()) {
      await this.#breather.pause();
      const below = choice.isWhole ? everything : (choice.below.get(nameKey(node.name)) ?? newChoice());
      await this.#planEntry(directory, node, there[index] ?? null, below);
    }
    if (isThere && choice.isWhole) await this.#planExtras(directory, nodes);
  }

  async #planEntry(parent: PlanDirectory, node: TreeNode, now: Found | null, choice: Choice): Promise<void> {
    const { notes, snapshotNotes, snapshotTimeNs } = this.#with;
    const path = joinSnapshotPath(parent.snapshotPath, quoteName(node.name));
    if (path === reservedPath || this.#with.places.has(path)) return;
    if (node.type === 'irregular') {
      notes.say({
        code: 'type-change',
        text: `${path} is of a kind that cannot be made here.`,
        paths: [path],
        asks: false,
      });
      return;
    }
    const directory = node.subtree
      ? directoryBelow(parent, node.name, { snapshotPath: path, tree: node.subtree, node })
      : now?.type === 'dir'
        ? directoryBelow(parent, node.name, { snapshotPath: path, tree: null, node: null })
        : null;
    if (now && this.#isLeftAlone(parent, node.name)) {
      // Made up when the snapshot was taken (a mount point), or ours: what is there now knows better.
      this.#add({ in: parent, name: node.name, node, action: 'same', now, directory, isTypeChange: false });
      return;
    }
    const isTypeChange = now !== null && now.type !== node.type;
    if (isTypeChange && this.#with.leftOutRules.leftOut(parent, node.name, now)) {
      notes.add('own-data', path);
      return;
    }
    // Only its way down was chosen, not the directory itself: it is made where it is missing, and otherwise left alone.
    const isPassage = node.subtree !== undefined && !choice.isWhole;
    const comparison = now && (isPassage && !isTypeChange ? 'same' : this.#compare(node, now, parent, node.name));
    const action = comparison ?? 'add';
    if (now && action === 'replace' && !this.#mayReplace(parent, node.name, now, path, isTypeChange)) return;
    const item = this.#itemOf({ in: parent, name: node.name, node, action, now, directory, isTypeChange });
    const inside = isTypeChange && now?.type === 'dir' ? await this.#deletions.inside(item) : [];
    if (!inside) return;
    if (!(isPassage && action === 'same')) for (const each of [item, ...inside]) this.#push(each);
    if (now && action === 'replace' && now.mtimeNs > node.mtimeNs && now.mtimeNs > snapshotTimeNs)
      notes.add('newer-now', path);
    if (action !== 'same' && snapshotNotes.torn.has(path)) notes.add('torn-file', path);
    if (node.subtree && directory) await this.planEntries(directory, choice, now?.type === 'dir');
  }

  /** What is at the target and not in the snapshot: deleted when it is to be exactly as it was, else kept. */
  async #planExtras(directory: PlanDirectory, nodes: readonly TreeNode[]): Promise<void> {
    const { mode, snapshotTimeNs, leftOutRules } = this.#with;
    if (this.#isLeftAlone(directory, null)) return;
    const known = new Set(nodes.map(({ name }) => nameKey(name)));
    for (const name of this.#namesIn(directory)) {
      await this.#breather.pause();
      if (known.has(nameKey(name))) continue;
      const now = this.#lookIfThere(directory, name);
      if (!now) continue;
      if (mode === 'exact') for (const item of await this.#deletions.list(directory, name, now)) this.items.push(item);
      else if (now.mtimeNs > snapshotTimeNs && !leftOutRules.leftOut(directory, name, now)) this.keptNewer += 1;
    }
  }

  #namesIn(directory: PlanDirectory): readonly Buffer[] {
    try {
      return this.#with.target.list(directory);
    } catch (error) {
      if (!hasCode(error, 'EACCES')) throw error;
      this.#with.notes.add('no-rights', directory.snapshotPath);
      return [];
    }
  }

  #compare(node: TreeNode, now: Found, parent: PlanDirectory, name: Buffer): 'same' | 'metadata' | 'replace' {
    const { target, mode, attributes, ownersCount } = this.#with;
    const isRoot = name.length === 0;
    const at = (): Buffer => target.entry(parent, name);
    return compareEntry(
      {
        node,
        now,
        linkTarget: () => target.ops.readlinkSync(at()),
        hasSameAttributes: () => hasSameAttributes(target.ops, isRoot ? target.open(parent) : at(), node, attributes),
      },
      { ownersCount, everyTimeCounts: mode === 'exact' },
    );
  }

  /** Keeping everything else keeps a directory where something else was; and nobody replaces our own places. */
  #mayReplace(parent: PlanDirectory, name: Buffer, now: Found, path: string, isTypeChange: boolean): boolean {
    const { mode, notes, own } = this.#with;
    if (own.touches(localPath(parent.root, [...stepsTo(parent), name]))) {
      notes.add('own-data', path);
      return false;
    }
    if (!isTypeChange) return true;
    if (mode === 'keep' && now.type === 'dir') {
      notes.say({
        code: 'type-change',
        text: `${path} is a folder now. It is kept, so what was there before is not put back.`,
        paths: [path],
        asks: true,
      });
      return false;
    }
    notes.add('type-change', path);
    return true;
  }

  #isLeftAlone(parent: PlanDirectory, name: Buffer | null): boolean {
    const { snapshotNotes, own } = this.#with;
    const steps = name ? [...stepsTo(parent), name] : stepsTo(parent);
    const path = localPath(parent.root, steps);
    const snapshotPath = name ? joinSnapshotPath(parent.snapshotPath, quoteName(name)) : parent.snapshotPath;
    return own.isInside(path) || isLeftOut(snapshotNotes, path, snapshotPath);
  }

  #lookIfThere(directory: PlanDirectory, name: Buffer): Found | null {
    try {
      return this.#with.target.lookAt(directory, name);
    } catch (error) {
      if (!hasCode(error, 'EACCES', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
      if (hasCode(error, 'EACCES')) {
        this.#with.notes.add('no-rights', displayPath(localPath(directory.root, [...stepsTo(directory), name])));
      }
      return null;
    }
  }

  #add(entry: ItemParts): void {
    this.#push(this.#itemOf(entry));
  }

  #itemOf({ node, ...rest }: ItemParts): PlanItem {
    const stored = { size: Number(node.size), mtimeNs: node.mtimeNs, links: node.links };
    return { ...rest, type: node.type, stored, isHidden: false, insideOf: null };
  }
}

type ItemParts = Omit<PlanItem, 'type' | 'stored' | 'isHidden' | 'insideOf'> & { readonly node: TreeNode };

/** Where a snapshot keeps its evidence; not part of what was backed up. */
const reservedPath = '/.stillpoint';

const unknownFolder = { type: 'dir', stored: null } as const;

function placeOf(parent: PlanDirectory, name: Buffer): string {
  return localPath(parent.root, [...stepsTo(parent), name]).toString('latin1');
}
