import type { BlobId } from '../../../shared/domain/ids.ts';
import type { ContentVerdict, EntryMeta, PhaseReporter, StillContent, StillEntry } from '../quiesce/contract.ts';
import type { TreeNode } from '../repository/index.ts';
import type { AccountNames } from './account-names.ts';
import { BaseContent } from './base-content.ts';
import type { BlobStore, CaptureOptions, Chunker } from './contract.ts';
import { FileSink } from './file-sink.ts';
import { nodeOfEntry } from './node-of-entry.ts';
import type { ParentTree } from './parent-tree.ts';
import type { Tally } from './tally.ts';
import { ZeroChunks } from './zero-chunks.ts';

interface Read {
  readonly meta: EntryMeta;
  readonly content: readonly BlobId[];
  readonly length: number;
}

/** Stores the content of files: unchanged ones by reference, each inode once, everything else through the chunker. */
export class FileCapture {
  readonly #store: BlobStore;
  readonly #options: CaptureOptions;
  readonly #report: PhaseReporter;
  readonly #parent: ParentTree;
  readonly #accounts: AccountNames;
  readonly #tally: Tally;
  readonly #zeros: ZeroChunks;
  readonly #idleChunkers: Chunker[] = [];
  /** Inodes with several names, by device and inode, while further names may come. */
  readonly #linked = new Map<string, { readonly read: Promise<Read | null>; namesLeft: bigint }>();

  constructor(store: BlobStore, options: CaptureOptions, parent: ParentTree, accounts: AccountNames, tally: Tally) {
    this.#store = store;
    this.#options = options;
    this.#report = options.report;
    this.#parent = parent;
    this.#accounts = accounts;
    this.#tally = tally;
    this.#zeros = new ZeroChunks(store, (saved) => tally.stored(saved));
  }

  /** The file's node; null when there is nothing to put into the snapshot (it vanished, or could not be read). */
  async capture(entry: StillEntry, path: string, before: TreeNode | undefined): Promise<TreeNode | null> {
    const reused = entry.reusable ? this.#parent.unchangedContent(before, entry.meta) : null;
    if (reused) {
      this.#tally.reusedFile(Number(entry.meta.size));
      this.#report.advance(1, Number(entry.meta.size), path);
      return { ...nodeOfEntry(entry.name, entry.meta, this.#accounts), content: reused };
    }
    const read = await this.#readOnce(entry, path, before);
    if (!read) return null;
    this.#tally.file(read.length);
    this.#report.advance(1, 0, path);
    const node = nodeOfEntry(entry.name, read.meta, this.#accounts);
    // The length that was stored, whatever a torn file claims: size and content of a node must agree.
    return { ...node, size: BigInt(read.length), content: read.content };
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
    this.#report.advance(0, shared.length, path);
    return shared;
  }

  async #read(entry: StillEntry, path: string, before: TreeNode | undefined): Promise<Read | null> {
    const { content } = entry;
    if (!content) {
      this.#tally.unreadable(path, 'It has no content that could be read.');
      return null;
    }
    const chunker = this.#idleChunkers.pop() ?? this.#store.newChunker();
    const sink = new FileSink({
      store: this.#store,
      chunker,
      zeros: this.#zeros,
      base: this.#baseOf(content, before),
      signal: this.#options.signal,
      onSaved: (saved) => this.#tally.stored(saved),
      onProgress: (bytes) => this.#report.advance(0, bytes, path),
    });
    try {
      return await this.#judge(await content.readInto(sink, this.#options.signal), sink, path);
    } finally {
      await sink.settle();
      this.#idleChunkers.push(chunker);
    }
  }

  async #judge(verdict: ContentVerdict, sink: FileSink, path: string): Promise<Read | null> {
    if (verdict.state === 'vanished') return null;
    if (verdict.state === 'unreadable') {
      this.#tally.unreadable(path, verdict.reason);
      return null;
    }
    const { content, length } = await sink.finish();
    if (verdict.state === 'torn') this.#tally.torn(path, verdict.reason);
    else if (BigInt(length) !== verdict.meta.size) {
      // Called whole, yet not as long as it says: no label may rest on it.
      this.#tally.torn(path, `${length} bytes were read of a file of ${verdict.meta.size} bytes.`);
    }
    return { meta: verdict.meta, content, length };
  }

  #baseOf(content: StillContent, before: TreeNode | undefined): BaseContent | null {
    if (content.base === null || content.base !== this.#options.parentBase || !before?.content) return null;
    return BaseContent.of(before.content, this.#store);
  }
}
