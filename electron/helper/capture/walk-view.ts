import type { BlobId } from '../../../shared/domain/ids.ts';
import { throwIfAborted } from '../../../shared/errors/index.ts';
import type { EntryMeta, MostlyAs, StillEntry } from '../quiesce/contract.ts';
import { Breather, isFileName, quoteName, type TreeNode, type TreeText } from '../repository/index.ts';
import type { AccountNames } from './account-names.ts';
import { baseNotStored } from './base-content.ts';
import type { BlobStore, CaptureOptions } from './contract.ts';
import type { FileCapture } from './file-capture.ts';
import { nodeOfEntry } from './node-of-entry.ts';
import { nameKey, type ParentDirectory, type ParentTree } from './parent-tree.ts';
import { Slots } from './slots.ts';
import type { Tally } from './tally.ts';

/** Files read at the same time: enough to keep reading, hashing and storing busy together. */
const filesAtOnce = 8;
/** The same where threads read them: enough small ones to fill a few messages, each an open descriptor. */
const filesForThreads = 128;
/** The same where threads open them too. */
const filesByName = 512;

/** What the parent has in an entry's place; asked only where it can help, because each folder of it has to be read. */
type Before = () => Promise<TreeNode | undefined>;

interface DirectoryToStore {
  readonly nodes: TreeNode[];
  /** How many entries are still on their way. They put their node into `nodes` themselves. */
  underWay: number;
  /** Called when none is. */
  readonly waiting: (() => void)[];
}

/**
 * Walks a still view depth first and stores its directories bottom-up.
 *
 * Memory is bounded by the listing of the directories on the way down, never by the number of files: at most
 * `filesAtOnce` files are open, and a directory's nodes are let go when its tree is stored.
 */
export class ViewWalk {
  readonly #store: BlobStore;
  readonly #options: CaptureOptions;
  readonly #files: FileCapture;
  readonly #parent: ParentTree;
  readonly #accounts: AccountNames;
  readonly #tally: Tally;
  readonly #slots: Slots;
  readonly #slotsByName = new Slots(filesByName);
  readonly #breather = new Breather();
  #failure: { readonly error: unknown } | null = null;

  constructor(
    store: BlobStore,
    options: CaptureOptions,
    files: FileCapture,
    parent: ParentTree,
    accounts: AccountNames,
    tally: Tally,
  ) {
    this.#store = store;
    this.#slots = new Slots(store.takeFile === undefined ? filesAtOnce : filesForThreads);
    this.#options = options;
    this.#files = files;
    this.#parent = parent;
    this.#accounts = accounts;
    this.#tally = tally;
  }

  /** The node of `root` with everything below it stored; null when it is a file that could not be read. */
  async capture(root: StillEntry, path: string, before: TreeNode | undefined): Promise<TreeNode | null> {
    const holder = newDirectory();
    try {
      await this.#visit(root, path, async () => before, holder);
    } finally {
      await settle(holder);
    }
    this.#throwFailure();
    return holder.nodes[0] ?? null;
  }

  /**
   * Resolves when the entry was listed and its work started, not when it is stored: `into` tells that. Undefined where that
   * is so already: most entries then cost no promise.
   */
  #visit(entry: StillEntry, path: string, before: Before, into: DirectoryToStore): Promise<void> | undefined {
    throwIfAborted(this.#options.signal);
    // Whatever failed anywhere ends the walk here, not where the failed entry's directory ends.
    this.#throwFailure();
    // A view that is in memory never waits: without this a million entries would be one turn of the event loop.
    return this.#breather.isDue
      ? this.#visitLater(entry, path, before, into)
      : this.#visitNow(entry, path, before, into);
  }

  async #visitLater(entry: StillEntry, path: string, before: Before, into: DirectoryToStore): Promise<void> {
    await this.#breather.breathe(this.#options.signal);
    await this.#visitNow(entry, path, before, into);
  }

  #visitNow(entry: StillEntry, path: string, before: Before, into: DirectoryToStore): Promise<void> | undefined {
    const { type } = entry.meta;
    if (type === 'dir') return this.#visitDirectory(entry, path, before, into);
    if (type === 'file') return this.#visitFile(entry, path, before, into);
    into.nodes.push(nodeOfEntry(entry.name, entry.meta, this.#accounts));
    this.#tally.other();
    this.#options.report.advance(1, 0, path);
    return undefined;
  }

  #visitFile(entry: StillEntry, path: string, before: Before, into: DirectoryToStore): Promise<void> | undefined {
    if (this.#files.mayHelp(entry)) return this.#visitKnownFile(entry, path, before, into);
    if (!this.#files.mayTakeByName(entry) || !this.#slotsByName.takeNow())
      return this.#visitKnownFile(entry, path, noneBefore, into);
    this.#takeByName(entry, path, undefined, into);
    return undefined;
  }

  async #visitKnownFile(entry: StillEntry, path: string, before: Before, into: DirectoryToStore): Promise<void> {
    const earlier = before === noneBefore ? undefined : await before();
    const unread = this.#files.unread(entry, path, earlier);
    if (unread) {
      into.nodes.push(unread);
      return;
    }
    if (this.#files.mayTakeByName(entry)) {
      await this.#slotsByName.take();
      this.#takeByName(entry, path, earlier, into);
      return;
    }
    const slot = this.#slots.take();
    if (slot) await slot;
    this.#startIn(into, this.#read(entry, path, earlier));
  }

  /** In a slot that was taken. */
  async #read(entry: StillEntry, path: string, before: TreeNode | undefined): Promise<TreeNode | null> {
    try {
      return await this.#files.read(entry, path, before);
    } finally {
      this.#slots.give();
    }
  }

  /** In a slot that was taken. */
  #takeByName(entry: StillEntry, path: string, before: TreeNode | undefined, into: DirectoryToStore): void {
    into.underWay += 1;
    const failed = (error: unknown): void => {
      this.#slotsByName.give();
      this.#failure ??= { error };
      finish(into);
    };
    const done = (node: TreeNode | undefined): void => {
      if (node === undefined) this.#startIn(into, this.#readInTurn(entry, path, before));
      else {
        this.#slotsByName.give();
        into.nodes.push(node);
      }
      finish(into);
    };
    // What the store refuses at once must not leave the folder waiting for it.
    try {
      this.#files.takeByName(entry, path, done, failed);
    } catch (error) {
      failed(error);
    }
  }

  /** In a slot among those taken by name: given back when there is another, so that those who wait are no more than that. */
  async #readInTurn(entry: StillEntry, path: string, before: TreeNode | undefined): Promise<TreeNode | null> {
    await this.#slots.take();
    this.#slotsByName.give();
    return this.#read(entry, path, before);
  }

  async #visitDirectory(entry: StillEntry, path: string, before: Before, into: DirectoryToStore): Promise<void> {
    if (await this.#takeAsBefore(entry, path, before, into)) return;
    // Nothing but the parent could have told what is below: a folder without it would be a wrong snapshot.
    if (entry.sameAs && !entry.children) throw baseNotStored();
    if (await this.#takeMostlyAsBefore(entry, path, before, into)) return;
    let reading: Promise<ParentDirectory> | undefined;
    const read = async (): Promise<ParentDirectory> => this.#parent.directory((await before())?.subtree);
    const beforeOf = (name: Uint8Array): Before => {
      return async () => {
        reading ??= read();
        return (await reading).get(nameKey(name));
      };
    };
    const directory = newDirectory();
    try {
      const children = entry.children?.() ?? [];
      const visit = (child: StillEntry): Promise<void> | undefined => {
        const childPath = `${path}/${quoteName(child.name)}`;
        if (isFileName(child.name)) return this.#visit(child, childPath, beforeOf(child.name), directory);
        this.#tally.unreadable(childPath, 'Its name cannot be part of a path.');
        return undefined;
      };
      if (Symbol.asyncIterator in children) for await (const child of children) await visit(child);
      else
        for (const child of children) {
          const visited = visit(child);
          if (visited !== undefined) await visited;
        }
    } catch (error) {
      await settle(directory);
      throw error;
    }
    this.#startIn(into, this.#storeDirectory(entry.name, entry.meta, directory));
  }

  /** Refers to everything below the directory as the parent has it; false where that is not vouched for or not there. */
  async #takeAsBefore(
    { name, meta, sameAs }: StillEntry,
    path: string,
    before: Before,
    into: DirectoryToStore,
  ): Promise<boolean> {
    if (!sameAs || !this.#parent.isOf(sameAs.version)) return false;
    const { type, subtree } = (await before()) ?? {};
    if (type !== 'dir' || !subtree || !(await this.#store.hasSubtree(subtree))) return false;
    into.nodes.push({ ...nodeOfEntry(name, meta, this.#accounts), subtree });
    this.#tally.directory();
    const { files, others, bytes } = sameAs.below;
    this.#tally.below(sameAs.below);
    this.#options.report.advance(files + others, bytes, path);
    return true;
  }

  /** Copies from the parent's tree whatever is vouched for; false where that is nothing, or not there. */
  async #takeMostlyAsBefore(
    { name, meta, mostlyAs }: StillEntry,
    path: string,
    before: Before,
    into: DirectoryToStore,
  ): Promise<boolean> {
    const mostly = mostlyAs?.();
    if (!mostly || !this.#parent.isOf(mostly.version)) return false;
    const { type, subtree } = (await before()) ?? {};
    if (type !== 'dir' || !subtree || !(await this.#store.hasSubtree(subtree))) return false;
    const tree = await this.#store.openTree(subtree);
    // The snapshot may have less than its version had: what could not be read was left out.
    if (tree?.size !== mostly.names || !mostly.changed.every((child) => tree.has(child.name))) return false;
    const directory = newDirectory();
    try {
      for (const child of mostly.changed)
        await this.#visit(child, `${path}/${quoteName(child.name)}`, async () => tree.node(child.name), directory);
    } catch (error) {
      await settle(directory);
      throw error;
    }
    const { files, others, bytes } = mostly.rest;
    this.#tally.below(mostly.rest);
    this.#options.report.advance(files + others, bytes, path);
    this.#startIn(into, this.#storeChanged(name, meta, tree, mostly, directory));
    return true;
  }

  async #storeChanged(
    name: Uint8Array,
    meta: EntryMeta,
    tree: TreeText,
    { changed }: MostlyAs,
    directory: DirectoryToStore,
  ): Promise<TreeNode> {
    await settle(directory);
    this.#throwFailure();
    const nodes = new Map(directory.nodes.map((node) => [nameKey(node.name), node]));
    const changes = new Map(changed.map((child) => [child.name, nodes.get(nameKey(child.name)) ?? null]));
    const saved = await this.#store.saveChangedTree(tree, changes);
    this.#tally.stored(saved);
    this.#tally.directory();
    return { ...nodeOfEntry(name, meta, this.#accounts), subtree: saved.id };
  }

  async #storeDirectory(name: Uint8Array, meta: EntryMeta, directory: DirectoryToStore): Promise<TreeNode> {
    await settle(directory);
    this.#throwFailure();
    const subtree = await this.saveTree(directory.nodes);
    this.#tally.directory();
    return { ...nodeOfEntry(name, meta, this.#accounts), subtree };
  }

  async saveTree(nodes: readonly TreeNode[]): Promise<BlobId> {
    const saved = await this.#store.saveTree(nodes);
    this.#tally.stored(saved);
    return saved.id;
  }

  #startIn(directory: DirectoryToStore, work: Promise<TreeNode | null>): void {
    directory.underWay += 1;
    work.then(
      (node) => {
        if (node) directory.nodes.push(node);
        finish(directory);
      },
      (error: unknown) => {
        this.#failure ??= { error };
        finish(directory);
      },
    );
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

function newDirectory(): DirectoryToStore {
  return { nodes: [], underWay: 0, waiting: [] };
}

const noneBefore: Before = async () => undefined;

function finish(directory: DirectoryToStore): void {
  directory.underWay -= 1;
  if (directory.underWay === 0) for (const resolve of directory.waiting.splice(0)) resolve();
}

/** Waits until nothing of the directory is under way any more, whatever became of it. */
async function settle(directory: DirectoryToStore): Promise<void> {
  while (directory.underWay > 0) await new Promise<void>((resolve) => directory.waiting.push(resolve));
}
