import type { BlobId } from '../../../shared/domain/ids.ts';
import type { EntryMeta, StillContent } from '../quiesce/contract.ts';
import type { TreeNode } from '../repository/index.ts';
import type { BlobStore, ParentOptions } from './contract.ts';

/** What is known of a file that may be found in the parent. */
export interface FileOffered {
  readonly meta: EntryMeta;
  readonly reusable: boolean;
  /** The version that it is vouched to be as in. */
  readonly sameAs?: string | undefined;
  readonly content: Pick<StillContent, 'base'> | null;
}

/** One directory of the snapshot before this one, its entries by name. */
export type ParentDirectory = ReadonlyMap<string, TreeNode>;

const none: ParentDirectory = new Map();

/** How many entries of directories are kept by name for `find`: a walk comes back to the same ones again and again. */
const keptEntries = 50_000;

/**
 * The snapshot before this one, a directory at a time. What cannot be read of it is as if it were not there: the files
 * are then read again, which costs time and never correctness.
 */
export class ParentTree {
  readonly #store: BlobStore;
  readonly #options: ParentOptions;
  /** Least recently used first. */
  readonly #kept = new Map<BlobId, ParentDirectory>();
  #keptEntries = 0;
  #latest: { readonly key: string; readonly directory: Promise<ParentDirectory> } | undefined;

  constructor(store: BlobStore, options: ParentOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** There is no snapshot before this one. */
  get isNone(): boolean {
    return this.#options.parentTree === null;
  }

  /** Whether the parent is of this version of the source, so that what equals that version can be taken from it. */
  isOf(version: string | undefined): boolean {
    return version !== undefined && version === this.#options.parentBase;
  }

  async directory(tree: BlobId | null | undefined): Promise<ParentDirectory> {
    if (!tree) return none;
    try {
      const nodes = await this.#store.loadTree(tree);
      return new Map(nodes.map((node) => [nameKey(node.name), node]));
    } catch {
      return none;
    }
  }

  /** Whether finding a file here can spare reading any of it; a changed one has nothing to find. */
  mayHelp({ meta, reusable, sameAs, content }: FileOffered): boolean {
    if (this.isNone) return false;
    if (this.isOf(sameAs) || (reusable && this.#mayBeUnchanged(meta))) return true;
    return typeof content?.base === 'string' && this.isOf(content.base);
  }

  /** Whether metadata can show that a file has not changed since the parent was read: the ctime is old enough. */
  #mayBeUnchanged({ ctimeNs }: EntryMeta): boolean {
    const flushedAtNs = this.#options.parentFlushedAtNs;
    return flushedAtNs !== null && ctimeNs < flushedAtNs;
  }

  /** The node at a path, name by name from the root of the snapshot; undefined when there is none. */
  async find(path: readonly Uint8Array[]): Promise<TreeNode | undefined> {
    const name = path.at(-1);
    if (name === undefined) return undefined;
    const folder = path.slice(0, -1);
    // A walk takes the files of one folder after each other.
    const key = folder.map(nameKey).join('/');
    if (this.#latest?.key !== key) this.#latest = { key, directory: this.#directoryAt(folder) };
    return (await this.#latest.directory).get(nameKey(name));
  }

  async #directoryAt(path: readonly Uint8Array[]): Promise<ParentDirectory> {
    let subtree: BlobId | undefined = this.#options.parentTree ?? undefined;
    for (const name of path) {
      if (subtree === undefined) return none;
      subtree = (this.#recall(subtree) ?? (await this.#keep(subtree))).get(nameKey(name))?.subtree;
    }
    return subtree === undefined ? none : (this.#recall(subtree) ?? (await this.#keep(subtree)));
  }

  /**
   * The content of the file as the parent has it, when nothing can have changed it since: equal metadata, a ctime from
   * before the flush that preceded the parent's reading, and every blob in the index loaded under our own lock.
   */
  unchangedContent(before: TreeNode | undefined, meta: EntryMeta): readonly BlobId[] | null {
    if (!before?.content || !this.#mayBeUnchanged(meta)) return null;
    const isEqual =
      before.type === meta.type &&
      before.size === meta.size &&
      before.mtimeNs === meta.mtimeNs &&
      before.ctimeNs === meta.ctimeNs &&
      before.inode === meta.inode;
    return isEqual && this.#lengthOf(before.content) === before.size ? before.content : null;
  }

  /**
   * The same for a file whose content the method vouches to be that of the parent's version, whatever its metadata says.
   * Null when that is not what the parent holds: a length that differs contradicts the method.
   */
  sameContent(before: TreeNode | undefined, meta: EntryMeta, version: string | undefined): readonly BlobId[] | null {
    if (!this.isOf(version) || before?.type !== 'file' || !before.content) return null;
    return this.#lengthOf(before.content) === meta.size ? before.content : null;
  }

  /** Total length of the blobs; null when one of them is not in the index. */
  #lengthOf(content: readonly BlobId[]): bigint | null {
    let total = 0;
    for (const id of content) {
      const length = this.#store.dataLength(id);
      if (length === null) return null;
      total += length;
    }
    return BigInt(total);
  }

  #recall(tree: BlobId): ParentDirectory | undefined {
    const known = this.#kept.get(tree);
    if (known === undefined) return undefined;
    this.#kept.delete(tree);
    this.#kept.set(tree, known);
    return known;
  }

  async #keep(tree: BlobId): Promise<ParentDirectory> {
    const directory = await this.directory(tree);
    if (this.#kept.has(tree)) return directory;
    this.#kept.set(tree, directory);
    this.#keptEntries += directory.size + 1;
    for (const [oldest, { size }] of this.#kept) {
      if (this.#keptEntries <= keptEntries || this.#kept.size === 1) break;
      this.#kept.delete(oldest);
      this.#keptEntries -= size + 1;
    }
    return directory;
  }
}

/** Any bytes as a map key, one to one. */
export function nameKey(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString('latin1');
}
