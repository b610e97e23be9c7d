import type { BlobId } from '../../../shared/domain/ids.ts';
import { throwIfAborted } from '../../../shared/errors/index.ts';
import type { EntryMeta, PhaseReporter, StillEntry } from '../quiesce/contract.ts';
import type { TreeNode } from '../repository/index.ts';
import type { AccountNames } from './account-names.ts';
import { baseNotStored } from './base-content.ts';
import { ContentReader, type ReadContent } from './content-reader.ts';
import type { BlobStore, CaptureOptions, TakenNamedFile } from './contract.ts';
import { nodeOfEntry } from './node-of-entry.ts';
import type { ParentTree } from './parent-tree.ts';
import { type StoredContent, storedContent } from './stored-content.ts';
import type { Tally } from './tally.ts';

/** Where nearly none is as named (nobody may be asked who writes to them, for one), no more time is spent on trying. */
const fewNotAsNamed = 256;

interface Read {
  readonly meta: EntryMeta;
  readonly content: readonly BlobId[];
  readonly length: number;
}

/** Content of files: stored ahead, unchanged and taken by reference, or read, each inode once, through the chunker. */
export class FileCapture {
  readonly #store: BlobStore;
  readonly #options: CaptureOptions;
  readonly #report: PhaseReporter;
  readonly #parent: ParentTree;
  readonly #accounts: AccountNames;
  readonly #tally: Tally;
  readonly #reader: ContentReader;
  /** Inodes with several names, by device and inode, while further names may come. */
  readonly #linked = new Map<string, { readonly read: Promise<Read | null>; namesLeft: bigint }>();

  #asNamed = 0;
  #notAsNamed = 0;

  constructor(store: BlobStore, options: CaptureOptions, parent: ParentTree, accounts: AccountNames, tally: Tally) {
    this.#store = store;
    this.#options = options;
    this.#report = options.report;
    this.#parent = parent;
    this.#accounts = accounts;
    this.#tally = tally;
    this.#reader = new ContentReader(store, options.parentBase, (saved) => tally.stored(saved));
  }

  /** Whether what the parent has in the file's place can spare reading any of it. */
  mayHelp(entry: StillEntry): boolean {
    const { content, meta, reusable } = entry;
    if (this.#parent.isNone || content?.taken !== undefined) return false;
    return this.#parent.mayHelp({ meta, reusable, content, sameAs: entry.sameAs?.version });
  }

  /** Whether threads may open and read the file by themselves. What has several names is read once, for all of them. */
  mayTakeByName({ content, meta }: StillEntry): boolean {
    if (this.#store.takeNamed === undefined || content?.named === undefined || meta.links > 1n) return false;
    return this.#notAsNamed < fewNotAsNamed || this.#notAsNamed < this.#asNamed;
  }

  /**
   * Has threads open and read it. One of both is called, later: `done` with the file's node, or with undefined where it was not
   * as it was described, and is to be read with care. Throws where the store takes nothing any more; none is called then.
   */
  takeByName(
    entry: StillEntry,
    path: string,
    done: (node: TreeNode | undefined) => void,
    failed: (error: unknown) => void,
  ): void {
    const { content } = entry;
    if (content?.named === undefined || this.#store.takeNamed === undefined)
      throw new Error('only a named file is taken by its name');
    this.#store.takeNamed(
      content.named,
      (taken) => {
        let node: TreeNode | undefined;
        // Nobody waits for a promise here: what is thrown would end the helper, not the run.
        try {
          node = this.#nodeOfNamed(entry, path, taken);
        } catch (error) {
          return failed(error);
        }
        done(node);
      },
      failed,
    );
  }

  #nodeOfNamed(entry: StillEntry, path: string, taken: TakenNamedFile): TreeNode | undefined {
    throwIfAborted(this.#options.signal);
    if (taken.storedLength > 0) this.#tally.storedBytes(taken.storedLength);
    if (!taken.isAsNamed) {
      this.#notAsNamed += 1;
      return undefined;
    }
    this.#asNamed += 1;
    entry.content?.passOver?.('read');
    this.#tally.file(taken.length);
    this.#report.advance(1, taken.length, path);
    return nodeOfEntry(entry.name, entry.meta, this.#accounts, taken.blobs);
  }

  /** The file's node when nothing of it has to be read; undefined otherwise. */
  unread(entry: StillEntry, path: string, before: TreeNode | undefined): TreeNode | undefined {
    const { content, meta } = entry;
    if (content?.taken) return this.#nodeOfTaken(entry, storedContent(content.taken), path);
    const reused =
      this.#parent.sameContent(before, meta, entry.sameAs?.version) ??
      (entry.reusable ? this.#parent.unchangedContent(before, meta) : null);
    if (!reused) return undefined;
    content?.passOver?.('not-read');
    this.#tally.reusedFile(Number(meta.size));
    this.#report.advance(1, Number(meta.size), path);
    return nodeOfEntry(entry.name, meta, this.#accounts, reused);
  }

  /** The file's node; null when there is nothing to put into the snapshot (it vanished, or could not be read). */
  async read(entry: StillEntry, path: string, before: TreeNode | undefined): Promise<TreeNode | null> {
    const read = await this.#readOnce(entry, path, before);
    if (!read) return null;
    this.#tally.file(read.length);
    this.#report.advance(1, 0, path);
    const node = nodeOfEntry(entry.name, read.meta, this.#accounts);
    // The length that was stored, whatever a torn file claims: size and content of a node must agree.
    return { ...node, size: BigInt(read.length), content: read.content };
  }

  #nodeOfTaken(entry: StillEntry, taken: StoredContent, path: string): TreeNode {
    const { length } = taken;
    if (taken.isReused) this.#tally.reusedFile(length);
    else this.#tally.file(length);
    this.#checkLength(length, entry.meta, path);
    this.#report.advance(1, length, path);
    return { ...nodeOfEntry(entry.name, entry.meta, this.#accounts), size: BigInt(length), content: taken.blobs };
  }

  async #readOnce(entry: StillEntry, path: string, before: TreeNode | undefined): Promise<Read | null> {
    const { meta } = entry;
    if (meta.links <= 1n) return this.#read(entry, path, before);
    const key = `${meta.deviceId}:${meta.inode}`;
    const known = this.#linked.get(key);
    if (!known) {
      const read = this.#read(entry, path, before);
      this.#linked.set(key, { read, namesLeft: meta.links - 1n });
      return read;
    }
    known.namesLeft -= 1n;
    if (known.namesLeft <= 0n) this.#linked.delete(key);
    const shared = await known.read;
    // The first name may have been removed or forbidden while this one still leads to the content.
    if (!shared) return this.#read(entry, path, before);
    entry.content?.passOver?.('not-read');
    this.#report.advance(0, shared.length, path);
    return shared;
  }

  async #read(entry: StillEntry, path: string, before: TreeNode | undefined): Promise<Read | null> {
    const { content } = entry;
    if (!content) {
      // Nothing but the parent could have told what is in it: a file that is left out would be a wrong snapshot.
      if (entry.sameAs) throw baseNotStored();
      this.#tally.unreadable(path, 'It has no content that could be read.');
      return null;
    }
    const onProgress = (bytes: number) => this.#report.advance(0, bytes, path);
    return this.#judge(await this.#reader.read(content, { before, signal: this.#options.signal, onProgress }), path);
  }

  #judge({ verdict, blobs, length }: ReadContent, path: string): Read | null {
    if (verdict.state === 'vanished') return null;
    if (verdict.state === 'unreadable') {
      this.#tally.unreadable(path, verdict.reason);
      return null;
    }
    if (verdict.state === 'torn') this.#tally.torn(path, verdict.reason);
    else this.#checkLength(length, verdict.meta, path);
    return { meta: verdict.meta, content: blobs, length };
  }

  /** Called whole, yet not as long as it says: no label may rest on it. */
  #checkLength(length: number, { size }: EntryMeta, path: string): void {
    if (BigInt(length) !== size) this.#tally.torn(path, `${length} bytes were read of a file of ${size} bytes.`);
  }
}
