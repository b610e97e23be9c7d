import { constants, fsync } from 'node:fs';
import { promisify } from 'node:util';
import type { StillpointError } from '../../../../shared/errors/index.ts';
import { displayPath } from '../display-path.ts';
import { endsRestore } from '../errors.ts';
import {
  localPath,
  type PlanDirectory,
  type PlanItem,
  pathBelowRoot,
  stepsTo,
  stepsToItem,
} from '../plan/plan-item.ts';
import { applyMetadata } from '../write/apply-metadata.ts';
import { listOrEnd } from '../write/entry-failure.ts';
import type { DirectoryFinisher } from '../write/finish-directories.ts';
import type { HardLinks } from '../write/hard-links.ts';
import type { RestoreContext } from '../write/restore-context.ts';
import { rulesFor } from '../write/stage-entry.ts';
import { FreshTree } from './fresh-tree.ts';
import { type Threads, TreeMaker } from './make-trees.ts';
import { proveTrees } from './prove-trees.ts';
import { topMetadataOf } from './top-metadata.ts';

const syncFile = promisify(fsync);
const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** Trees of one batch on their way. */
export interface TreesUnderWay {
  readonly trees: readonly FreshTree[];
  /** Items that could not be made as a tree: they go the way of all others. */
  readonly others: PlanItem[];
  /** One call makes all of them durable. */
  isWhole: boolean;
  failure: StillpointError | null;
}

export interface TreePutterParts {
  readonly context: RestoreContext;
  readonly threads: Threads;
  readonly links: HardLinks;
  readonly directories: DirectoryFinisher;
}

/**
 * Puts folders in place that are made anew with everything in them: announced, made, durable, told in the journal with each
 * version in it, and then named in one step. While one batch gets its names the next is made.
 */
export class TreePutter {
  readonly #with: TreePutterParts;
  /** Folders in which a tree got its name that is not durable yet. */
  readonly #pending = new Set<PlanDirectory>();

  constructor(parts: TreePutterParts) {
    this.#with = parts;
  }

  announce(n: number, items: readonly PlanItem[]): FreshTree {
    const { journal, tempPrefix, rootNumbers } = this.#with.context;
    const tree = new FreshTree(n, items, Buffer.from(`${tempPrefix}-${n}`));
    const root = rootNumbers.get(tree.top.in.root) ?? 0;
    const path = pathBelowRoot(stepsToItem(tree.top));
    journal.append({ record: 'tree', n, root, path, temp: tree.temp.toString() });
    return tree;
  }

  /** Rejects with what ends the restore: whoever asked drops the trees then. */
  async make(trees: readonly FreshTree[]): Promise<TreesUnderWay> {
    const { context, threads, links } = this.#with;
    const { durability, target, journal } = context;
    const files = trees.reduce((sum, { items }) => sum + items.filter(({ type }) => type === 'file').length, 0);
    const others: PlanItem[] = [];
    const begun: FreshTree[] = [];
    for (const tree of trees) {
      try {
        tree.begin(target, context.abilities);
        begun.push(tree);
        const { n, deviceId, inode } = tree;
        journal.append({ record: 'begun', n, deviceId: String(deviceId), inode: String(inode) });
      } catch {
        // Each of its entries tells what is wrong, or goes where somebody made the folder meanwhile.
        journal.append({ record: 'skipped', n: tree.n });
        for (const item of tree.items) others.push(item);
      }
    }
    durability.begin(files);
    const isWhole = begun.every(({ top }) => durability.isWhole(top.in));
    // Which folders are ours is known from here on, also to whoever comes after us.
    const told = journal.sync();
    // Whoever waits for it hears of it.
    told.catch(() => {});
    const failure = await new TreeMaker(context, threads, links, !isWhole).make(begun);
    // Where the journal lies on the target there is no room for it either: what is full is the target.
    await told.catch((error: unknown) => {
      throw failure ?? error;
    });
    return { trees: begun, others, isWhole, failure };
  }

  /** Durable, told, and named. Fills `others` with what has to go the way of all others. */
  async commit(underWay: TreesUnderWay): Promise<void> {
    const { context } = this.#with;
    const { journal, target } = context;
    const whole = underWay.trees.filter(({ isWhole }) => isWhole);
    for (const tree of underWay.trees) if (!tree.isWhole) this.#drop(tree);
    if (whole.length === 0) return;
    await this.#makeDurable(whole, underWay.isWhole);
    const texts = whole.map((tree) => ({ tree, lines: tree.text() }));
    for (const { tree, lines } of texts) {
      const { n, deviceId, directory } = tree;
      const top = directory.node ? { top: topMetadataOf(directory.node) } : {};
      journal.append({ record: 'made', n, deviceId: String(deviceId), lines, ...top });
    }
    await journal.sync();
    for (const { tree, lines } of texts) {
      try {
        if (tree.place(target)) {
          this.#placed(tree, lines);
          this.#finishTop(tree);
          continue;
        }
        // Made by somebody else meanwhile: what belongs into it can be put there all the same.
        for (const item of tree.items) underWay.others.push(item);
      } catch (error) {
        listOrEnd(context, tree.top, error);
      }
      if (!tree.isPlaced) this.#drop(tree);
    }
    await this.#syncNames(whole, underWay.isWhole);
  }

  /** Reads back what was written. Others are still being written: it counts, and is told later. */
  async prove({ trees }: TreesUnderWay): Promise<void> {
    const { context, threads } = this.#with;
    await proveTrees(
      { ...context, report: context.proved.quieting(context.report) },
      threads.hands,
      trees.filter(({ isPlaced }) => isPlaced),
    );
  }

  /** What did not get its name is removed, and nothing of any is open any more. */
  drop(trees: readonly FreshTree[]): void {
    for (const tree of trees) {
      if (!tree.isPlaced) this.#drop(tree);
      tree.close(this.#with.context.target.ops);
    }
  }

  /** Before others are made durable: with them, names that trees got are. */
  handOver(): void {
    const { durability } = this.#with.context;
    for (const directory of this.#pending) durability.touch(directory);
    this.#pending.clear();
  }

  #drop(tree: FreshTree): void {
    const { journal, target } = this.#with.context;
    if (!tree.isThere) return;
    tree.drop(target);
    journal.append({ record: 'skipped', n: tree.n });
  }

  /**
   * Until it had its name the top was for us alone: whoever it belongs to could put something into it before, which is
   * not ours to remove where it has to be taken back.
   */
  #finishTop({ top, directory, fd, owner: [uid, gid] }: FreshTree): void {
    const { context } = this.#with;
    if (directory.node) applyMetadata(context.target.ops, { at: fd, uid, gid }, directory.node, rulesFor(context, top));
  }

  #placed(tree: FreshTree, lines: string): void {
    const { context, directories } = this.#with;
    const { journal, trees, tally, rootNumbers } = context;
    journal.appendLater({ record: 'named', n: tree.n });
    const root = rootNumbers.get(tree.top.in.root) ?? 0;
    trees.push({ root, path: pathBelowRoot(stepsToItem(tree.top)), deviceId: String(tree.deviceId), lines });
    for (const line of tree.lines) if (line !== null) tally.added += 1;
    for (const { node } of tree.written) tally.bytesWritten += Number(node.size);
    for (const { directory } of tree.items) if (directory) directories.finished(directory);
  }

  async #makeDurable(trees: readonly FreshTree[], isWhole: boolean): Promise<void> {
    const { durability, journal } = this.#with.context;
    this.handOver();
    if (isWhole) for (const { top } of trees) durability.touch(top.in);
    // While these were made, a sync of those before may have failed: then nothing makes them durable at once any more.
    if (isWhole) for (const tree of trees) if (!durability.isAtOnce(tree.top.in)) await this.#syncEach(tree);
    try {
      await durability.sync();
    } catch {
      // Perhaps over what somebody else could not write: each of ours is asked.
      for (const tree of trees) await this.#syncEach(tree);
      await durability.syncOneByOne();
    }
    journal.release();
  }

  async #syncEach(tree: FreshTree): Promise<void> {
    const { target, durability } = this.#with.context;
    for (const [directory, { entries, index: at }] of tree.folders()) {
      if (tree.lines[at] === null) continue;
      for (const index of entries) {
        const { type, name } = tree.items[index] as PlanItem;
        if (type !== 'file' || tree.lines[index] === null) continue;
        const fd = target.ops.openSync(target.entry(directory, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        try {
          await syncFile(fd);
        } catch (error) {
          // Filesystems that find room only now say so here.
          const { root } = directory;
          throw endsRestore(error, displayPath(localPath(root, [...stepsTo(directory), name]))) ?? error;
        } finally {
          target.ops.closeSync(fd);
        }
      }
      await durability.syncDirectory(directory);
    }
  }

  /** Where a whole filesystem is made durable, that comes with the next batch. */
  async #syncNames(trees: readonly FreshTree[], isWhole: boolean): Promise<void> {
    const { durability } = this.#with.context;
    const placed = trees.filter(({ isPlaced }) => isPlaced);
    if (!isWhole || placed.some(({ top }) => !durability.isAtOnce(top.in)))
      for (const { fd } of placed) await syncFile(fd);
    for (const directory of new Set(placed.map(({ top }) => top.in))) {
      if (isWhole && durability.isAtOnce(directory)) this.#pending.add(directory);
      else await durability.syncDirectory(directory);
    }
  }
}
