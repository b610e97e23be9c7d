import type { BlobId } from '../../../../shared/domain/ids.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import { Breather } from '../breather.ts';
import type { BlobType } from '../format/blob.ts';
import type { Tree } from '../format/tree.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import type { Snapshot } from '../snapshots/snapshots.ts';
import type { BlobSizes } from './blob-sizes.ts';
import { TreeLinks } from './tree-links.ts';

export interface UseDependencies {
  readonly index: BlobIndex;
  /** `repository-damaged` when it cannot be read. */
  readonly loadTree: (id: BlobId) => Promise<Tree>;
}

export interface Walked {
  readonly logicalBytes: number;
  readonly files: number;
  readonly folders: number;
  readonly isWhole: boolean;
}

export const nothing: Walked = { logicalBytes: 0, files: 0, folders: 0, isWhole: false };

/** The highest bit of a mark: more than one snapshot needs it. Below it the number of the first one, from 1. */
const shared = 0x80000000;

export interface UseOptions {
  readonly signal?: AbortSignal | undefined;
  readonly linksAtMost?: number | undefined;
}

interface Subtree {
  readonly id: BlobId;
  readonly entry: number;
}

interface Read {
  readonly sum: Sum;
  readonly subtrees: Subtree[];
  readonly references: readonly number[];
}

/** Who needs which blob. A tree is gone through by the first snapshot that needs it and once more by the second. */
export class BlobUse {
  readonly #with: UseDependencies;
  readonly #sizes: BlobSizes;
  readonly #signal: AbortSignal | undefined;
  readonly #marks: Uint32Array;
  readonly #links: TreeLinks;
  /** Trees that there was no room for. */
  readonly #notKept = new Map<number, BlobId>();
  /** What is below a tree, once it was gone through. */
  readonly #below = new Map<number, Walked>();
  readonly #breather = new Breather();

  constructor(dependencies: UseDependencies, sizes: BlobSizes, { signal, linksAtMost }: UseOptions) {
    this.#with = dependencies;
    this.#sizes = sizes;
    this.#signal = signal;
    this.#marks = new Uint32Array(dependencies.index.size);
    this.#links = new TreeLinks(dependencies.index.size, linksAtMost);
  }

  /** `order` from 1, ascending from call to call. */
  async walk(snapshot: Snapshot, order: number): Promise<Walked> {
    const root = this.#with.index.entryOf('tree', snapshot.tree);
    return root < 0 ? nothing : this.#walkTree(snapshot.tree, root, order);
  }

  /** What is below it; its blobs are marked. Trees are counted from the leaves up. */
  async #walkTree(id: BlobId, root: number, order: number): Promise<Walked> {
    const open: (Read & Subtree)[] = [];
    const enter = async (tree: BlobId, entry: number): Promise<void> => {
      const found = await this.#read(tree, entry, order);
      open.push({ id: tree, entry, ...found });
    };
    const known = await this.#markAgain(root, order);
    if (known !== undefined) return known;
    await enter(id, root);
    for (;;) {
      await this.#breather.breathe(this.#signal);
      const top = open.at(-1);
      if (top === undefined) return nothing;
      const next = top.subtrees.pop();
      if (next !== undefined) {
        const below = await this.#markAgain(next.entry, order);
        if (below !== undefined) top.sum.add(below);
        else await enter(next.id, next.entry);
        continue;
      }
      open.pop();
      const walked = top.sum.total;
      this.#below.set(top.entry, walked);
      const parent = open.at(-1);
      if (parent === undefined) return walked;
      parent.sum.add(walked);
    }
  }

  /** Reads a tree for the first time: marks its content, adds up its files, and tells what folders are in it. */
  async #read(id: BlobId, entry: number, order: number): Promise<Read> {
    const read = await this.#referencesOf(id);
    this.#mark(entry, order);
    // Folders are marked when they are gone through.
    for (const part of read.references.slice(0, read.references.length - read.subtrees.length)) this.#mark(part, order);
    if (!this.#links.keep(entry, read.references)) this.#notKept.set(entry, id);
    return read;
  }

  /** First the content, then the folders. */
  async #referencesOf(id: BlobId): Promise<Read> {
    const { index, loadTree } = this.#with;
    const sum = new Sum();
    const subtrees: Subtree[] = [];
    const references: number[] = [];
    const note = (type: BlobType, blob: BlobId): number => {
      const entry = index.entryOf(type, blob);
      if (entry < 0) sum.isWhole = false;
      return entry;
    };
    for (const { type, size, content, subtree } of await this.#nodesOf(id, loadTree, sum)) {
      if (type === 'file') sum.file(Number(size));
      if (type === 'dir') sum.folder();
      for (const blob of content ?? []) {
        const entry = note('data', blob);
        if (entry >= 0) references.push(entry);
      }
      if (subtree === undefined) continue;
      const entry = note('tree', subtree);
      if (entry >= 0) subtrees.push({ id: subtree, entry });
    }
    for (const { entry } of subtrees) references.push(entry);
    return { sum, subtrees, references };
  }

  async #nodesOf(id: BlobId, loadTree: UseDependencies['loadTree'], sum: Sum): Promise<Tree['nodes']> {
    try {
      return (await loadTree(id)).nodes;
    } catch (error) {
      if (!isStillpointError(error, 'repository-damaged')) throw error;
      sum.isWhole = false;
      return [];
    }
  }

  /** What is below a tree that was gone through before; what it refers to is marked as shared when it was not yet. */
  async #markAgain(root: number, order: number): Promise<Walked | undefined> {
    const walked = this.#below.get(root);
    if (walked === undefined) return undefined;
    const waiting = [root];
    for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
      if (!this.#mark(entry, order)) continue;
      if (this.#breather.isDue) await this.#breather.breathe(this.#signal);
      const id = this.#notKept.get(entry);
      const references = id === undefined ? (this.#links.of(entry) ?? []) : (await this.#referencesOf(id)).references;
      for (const next of references) waiting.push(next);
    }
    return walked;
  }

  /** Whether its mark changed. */
  #mark(entry: number, order: number): boolean {
    const before = this.#marks[entry] ?? 0;
    if (before === order || before >= shared) return false;
    this.#marks[entry] = before === 0 ? order : before + shared;
    return true;
  }

  needed(snapshots: number) {
    const first = new Float64Array(snapshots);
    const only = new Float64Array(snapshots);
    const { stored, plain, copies, isFirst } = this.#sizes;
    const total = { plain: 0, stored: 0, unusedBytes: 0, unusedBlobs: 0, duplicateBytes: 0 };
    for (const [entry, mark] of this.#marks.entries()) {
      if (isFirst[entry] !== 1) continue;
      const bytes = stored[entry] ?? 0;
      if (mark === 0) {
        total.unusedBlobs += 1;
        total.unusedBytes += bytes + (copies[entry] ?? 0);
        continue;
      }
      total.stored += bytes;
      total.plain += plain[entry] ?? 0;
      total.duplicateBytes += copies[entry] ?? 0;
      const order = mark >= shared ? mark - shared : mark;
      first[order - 1] = (first[order - 1] ?? 0) + bytes;
      if (mark < shared) only[order - 1] = (only[order - 1] ?? 0) + bytes;
    }
    return { ...total, first, only };
  }
}

class Sum {
  #bytes = 0;
  #files = 0;
  #folders = 0;
  isWhole = true;

  file(bytes: number): void {
    this.#files += 1;
    this.#bytes += bytes;
  }

  folder(): void {
    this.#folders += 1;
  }

  add({ logicalBytes, files, folders, isWhole }: Walked): void {
    this.#bytes += logicalBytes;
    this.#files += files;
    this.#folders += folders;
    this.isWhole &&= isWhole;
  }

  get total(): Walked {
    return { logicalBytes: this.#bytes, files: this.#files, folders: this.#folders, isWhole: this.isWhole };
  }
}
