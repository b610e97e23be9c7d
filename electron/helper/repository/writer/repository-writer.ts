import type { BlobId } from '../../../../shared/domain/ids.ts';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import { Breather } from '../breather.ts';
import type { Crunched, NamedJob, StartCrunching } from '../crunch/contract.ts';
import { Intake, type IntakeParts, type TakenFile, type TakenNamedFile, type TakeOptions } from '../crunch/intake.ts';
import { compressBlob } from '../crypto/compression.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Sealer } from '../crypto/sealer.ts';
import { misuse } from '../failures.ts';
import type { BlobType, PackedBlob } from '../format/blob.ts';
import type { TreeNode } from '../format/node.ts';
import { decodeTree, encodeTree } from '../format/tree.ts';
import type { TreeText } from '../format/tree-text.ts';
import type { FormatVersion } from '../format/unpacked.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import { type FinishedPack, PackAssembler } from '../pack/pack-assembler.ts';
import type { PackStore } from './pack-store.ts';

export interface SavedBlob {
  readonly id: BlobId;
  /** False when the repository, or this run, already had it. */
  readonly isNew: boolean;
  /** Bytes this call added to the repository: compressed and sealed; 0 when it is not new. */
  readonly storedLength: number;
}

/** A tree that was made of another, to be changed again later. */
export interface SavedTree extends SavedBlob {
  readonly text: TreeText;
}

/** Totals of one run so far, in bytes and numbers. */
export interface WriterProgress {
  readonly blobsNew: number;
  readonly blobsKnown: number;
  /** Plaintext of new blobs. */
  readonly bytesNew: number;
  /** What new blobs take in packs. */
  readonly bytesStored: number;
  readonly packsWritten: number;
  /** Packs read back and found whole by `verifyPacks`. */
  readonly packsVerified: number;
}

export interface WriterDependencies {
  readonly sealer: Sealer;
  readonly version: FormatVersion;
  readonly index: BlobIndex;
  readonly makeStore: (onListed: (blobs: readonly PackedBlob[]) => void) => PackStore;
  /** Whether everything below a tree that this run did not write is in the index. */
  readonly hasSubtree: (id: BlobId) => Promise<boolean>;
  /** Resolves when the lock does nothing at the place. */
  readonly lockSettled: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly onProgress: ((progress: WriterProgress) => void) | undefined;
  readonly packTarget: number;
  /** Threads that take open files in; absent where everything is computed here. */
  readonly crunching?: { readonly start: StartCrunching; readonly settings: IntakeParts['settings'] } | undefined;
}

/**
 * Adds blobs to the repository within one `withWriter`. Calls may overlap. After any failure every further call fails
 * the same way: what was lost with a pack must not be referred to.
 */
export class RepositoryWriter {
  readonly #with: WriterDependencies;
  readonly #store: PackStore;
  readonly #assemblers: Readonly<Record<BlobType, PackAssembler>>;
  /** Blobs of this run that no index lists yet, by type and id. */
  readonly #pending: Readonly<Record<BlobType, Set<string>>> = { data: new Set(), tree: new Set() };
  /** Trees saved by this run; everything below them is known by construction. */
  readonly #savedTrees = new Set<BlobId>();
  readonly #intake: Intake | null;
  readonly #breather = new Breather();
  readonly #saving = new Set<Promise<void>>();
  /** Ends what is read back beside other work, where the run has failed. */
  readonly #readingBack = new AbortController();
  readonly #counts = { blobsNew: 0, blobsKnown: 0, bytesNew: 0, bytesStored: 0, packsVerified: 0 };
  #failure: unknown;
  #open = true;

  constructor(dependencies: WriterDependencies) {
    const { sealer, packTarget } = dependencies;
    this.#with = dependencies;
    this.#store = dependencies.makeStore((blobs) => {
      for (const { type, id } of blobs) this.#pending[type].delete(id);
    });
    this.#assemblers = {
      data: new PackAssembler(sealer, 'data', packTarget),
      tree: new PackAssembler(sealer, 'tree', packTarget),
    };
    this.#intake = dependencies.crunching === undefined ? null : this.#newIntake(dependencies.crunching);
  }

  get progress(): WriterProgress {
    return { ...this.#counts, packsWritten: this.#store.packCount };
  }

  /** `bytes` may be reused by the caller as soon as this returns, before it resolves. */
  saveBlob(type: BlobType, bytes: Uint8Array): Promise<SavedBlob> {
    return this.#save(type, () => sha256(bytes) as BlobId, bytes);
  }

  /**
   * The same of a blob that another repository has. `compressed` is how it is stored there, empty where it is stored as it
   * is because that was no gain; it is sealed here without being compressed again. Undefined: it is compressed here. The
   * caller has compared the plaintext with the id.
   */
  saveStored(type: BlobType, id: BlobId, plaintext: Uint8Array, compressed?: Uint8Array): Promise<SavedBlob> {
    return this.#save(type, () => id, plaintext, compressed);
  }

  #save(type: BlobType, identify: () => BlobId, bytes: Uint8Array, ready?: Uint8Array): Promise<SavedBlob> {
    try {
      this.#assertUsable();
      const id = identify();
      if (this.#pending[type].has(id) || this.#with.index.has(type, id) || this.#isClaimed(type, id)) {
        this.#counts.blobsKnown += 1;
        return this.#rest({ id, isNew: false, storedLength: 0 });
      }
      const compressed = this.#compressed(bytes, ready);
      const assembler = this.#assemblers[type];
      const storedLength = assembler.add(id, compressed ?? bytes, compressed ? bytes.length : 0);
      this.#pending[type].add(id);
      this.#counts.blobsNew += 1;
      this.#counts.bytesNew += bytes.length;
      this.#counts.bytesStored += storedLength;
      const saved = { id, isNew: true, storedLength };
      return assembler.isFull ? this.#finishPack(type).then(() => saved) : this.#rest(saved);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Whether `takeFile` can be used. */
  get takesFiles(): boolean {
    return this.#intake !== null;
  }

  /**
   * Saves what an open file has from `start` to `end`, cut as this repository's chunker cuts a stream, read on threads. The
   * descriptor must stay open until it resolves or rejects. Rejects with the file's own error, its `code` included, which
   * is no failure of the writer.
   */
  async takeFile(fd: number, start: number, end: number, options: TakeOptions = {}): Promise<TakenFile> {
    this.#assertUsable();
    if (this.#intake === null) throw misuse('This writer has no threads.');
    this.#intake.start(this.#pending.data);
    const taken = await this.#intake.take(fd, start, end, options);
    throwIfAborted(this.#with.signal);
    return taken;
  }

  /**
   * The same of a file that a thread opens by itself. One of both is called, later: `done`, whatever became of the file, or
   * `failed` where the writer can take nothing any more.
   */
  takeNamed(
    file: Omit<NamedJob, 'kind'>,
    done: (taken: TakenNamedFile) => void,
    failed: (error: unknown) => void,
  ): void {
    this.#assertUsable();
    if (this.#intake === null) throw misuse('This writer has no threads.');
    this.#intake.start(this.#pending.data);
    this.#intake.takeNamed(file, done, failed);
  }

  /** Whether the blob is in the repository, or will be when this run ends well. */
  hasBlob(type: BlobType, id: BlobId): boolean {
    return this.#pending[type].has(id) || this.#with.index.has(type, id);
  }

  /** Saves a directory. Refuses one that refers to anything the repository does not hold, so that no snapshot can. */
  async saveTree(nodes: readonly TreeNode[]): Promise<SavedBlob> {
    for (const node of nodes) {
      this.#assertContent(node);
      if (node.type === 'dir') await this.#assertComplete(node);
    }
    const saved = await this.saveBlob('tree', encodeTree(nodes));
    this.#savedTrees.add(saved.id);
    return saved;
  }

  /**
   * Saves the blob of a directory as it is, unknown fields included. Refuses as `saveTree` does. `compressed` as for
   * `saveStored`; without it the bytes are compressed here.
   */
  async saveTreeBytes(bytes: Buffer, compressed?: Uint8Array): Promise<SavedBlob> {
    for (const node of decodeTree(bytes).nodes) await this.#assertComplete(node);
    const saved = await this.#save('tree', () => sha256(bytes) as BlobId, bytes, compressed);
    this.#savedTrees.add(saved.id);
    return saved;
  }

  /**
   * Saves a stored directory again with other nodes in place of some (`TreeText.with`). Refuses as `saveTree` does: what is
   * not replaced is in the repository because everything below the directory it is copied from is.
   */
  async saveChangedTree(before: TreeText, changes: ReadonlyMap<Uint8Array, TreeNode | null>): Promise<SavedTree> {
    await this.#assertSubtree(before.id);
    for (const node of changes.values()) if (node !== null) await this.#assertComplete(node);
    const after = before.with(changes);
    const saved = await this.saveBlob('tree', after.bytes);
    this.#savedTrees.add(saved.id);
    return { ...saved, text: after.named(saved.id) };
  }

  /** Resolves when everything saved so far is durable and listed in a durable index. */
  async flush(): Promise<void> {
    this.#assertUsable();
    await this.#drain();
  }

  /**
   * As `flush`; and until something is saved again, nothing of the repository is written and nothing of it waits for a
   * disk, as long as the event loop does not turn: whoever holds a filesystem may hold ours.
   */
  async settle(): Promise<void> {
    await this.flush();
    await this.#with.lockSettled();
  }

  /**
   * Reads every pack of this run back through the backend; `pack-verification-failed` names the first that differs.
   * The medium is read where the system forgets what it has in memory (see `FileOps.forget`).
   */
  async verifyPacks(): Promise<void> {
    await this.flush();
    await this.#guard(this.#store.verify(this.#with.signal, this.#onVerified));
  }

  /**
   * The same of the packs that are written by now, while there is something else to wait for. Nothing is flushed for it, and
   * `verifyPacks` does not read them again. What is found is told by whatever is called next.
   */
  verifyWritten(): void {
    this.#assertUsable();
    const signal = AbortSignal.any([this.#with.signal, this.#readingBack.signal]);
    const verifying = this.#guard(this.#store.verifyWritten(signal, this.#onVerified));
    this.#saving.add(verifying);
    const over = (): void => void this.#saving.delete(verifying);
    verifying.then(over, over);
  }

  readonly #onVerified = (done: number): void => {
    this.#counts.packsVerified = done;
    this.#report();
  };

  /** For the repository only: ends the run well. The trees it saved are complete in the index from now on. */
  async finish(): Promise<ReadonlySet<BlobId>> {
    this.#assertUsable();
    this.#open = false;
    await this.#drain();
    await this.#intake?.close();
    // A blob that somebody promised to store and nobody did: what refers to it must not be published.
    if (this.#pending.data.size > 0 || this.#pending.tree.size > 0) throw misuse('Not all that was saved is stored.');
    return this.#savedTrees;
  }

  /**
   * For the repository only: ends a run that failed. Packs under way are awaited; those that are durable get their
   * index when `keepPacks`, so that the next run need not store them again. Never throws: the failure came before.
   */
  async abandon(keepPacks: boolean): Promise<void> {
    this.#open = false;
    this.#readingBack.abort();
    await this.#intake?.close();
    await Promise.allSettled(this.#saving);
    if (keepPacks) await this.#store.writeIndex().catch(() => {});
  }

  /** Undefined where it is stored as it is. Valid until the next call. */
  #compressed(bytes: Uint8Array, ready: Uint8Array | undefined): Uint8Array | undefined {
    if (this.#with.version === 1) return undefined;
    if (ready === undefined) return compressBlob(bytes);
    return ready.length > 0 ? ready : undefined;
  }

  async #drain(): Promise<void> {
    if (this.#intake !== null) await this.#guard(this.#intake.flush());
    await Promise.all([this.#finishPack('data'), this.#finishPack('tree'), ...this.#saving]);
    await this.#guard(this.#store.writeIndex());
    // A pack may have been lost since it was asked: nothing was waited for that told.
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #finishPack(type: BlobType): Promise<void> {
    const assembler = this.#assemblers[type];
    if (assembler.isEmpty) return;
    await this.#savePack(assembler.finish());
    await this.#breather.breathe(this.#with.signal);
  }

  async #savePack(pack: FinishedPack): Promise<void> {
    const saving = this.#guard(this.#store.save(pack));
    this.#saving.add(saving);
    try {
      await saving;
    } finally {
      this.#saving.delete(saving);
    }
    this.#report();
  }

  #newIntake({ start, settings }: NonNullable<WriterDependencies['crunching']>): Intake {
    return new Intake({
      start,
      settings,
      signal: this.#with.signal,
      savePack: (pack) => this.#savePack(pack),
      onFailure: (error) => {
        this.#failure ??= error;
      },
      onCrunched: (crunched) => this.#count(crunched),
    });
  }

  /** The blobs are stored, or one of the threads has promised to: until an index lists them they are pending. */
  #count({ ids, blobsNew, bytesNew, bytesStored }: Crunched): void {
    for (const id of ids) if (!this.#with.index.has('data', id)) this.#pending.data.add(id);
    this.#counts.blobsNew += blobsNew;
    this.#counts.blobsKnown += ids.length - blobsNew;
    this.#counts.bytesNew += bytesNew;
    this.#counts.bytesStored += bytesStored;
  }

  /** By a thread that has not said so yet. Otherwise the claim is ours now. */
  #isClaimed(type: BlobType, id: BlobId): boolean {
    if (type === 'tree' || !this.#intake?.isStarted || this.#intake.claim(Buffer.from(id, 'hex'))) return false;
    this.#pending.data.add(id);
    return true;
  }

  #assertContent({ content }: TreeNode): void {
    if (content === undefined) return;
    for (const id of content) {
      if (!this.hasBlob('data', id)) throw misuse(`A file refers to blob ${id.slice(0, 8)}, which was not stored.`);
    }
  }

  async #assertComplete(node: TreeNode): Promise<void> {
    this.#assertContent(node);
    if (node.type !== 'dir') return;
    const { subtree } = node;
    if (subtree === undefined) throw misuse('A directory has no tree.');
    await this.#assertSubtree(subtree);
  }

  async #assertSubtree(tree: BlobId): Promise<void> {
    if (this.#savedTrees.has(tree) || (await this.#with.hasSubtree(tree))) return;
    throw misuse(`A directory refers to tree ${tree.slice(0, 8)}, which is not completely stored.`);
  }

  #assertUsable(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#open) throw misuse('The writer was used after its run had ended.');
    throwIfAborted(this.#with.signal);
  }

  async #guard<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      this.#failure ??= error;
      throw error;
    }
  }

  async #rest<Result>(result: Result): Promise<Result> {
    await this.#breather.breathe(this.#with.signal);
    return result;
  }

  #report(): void {
    this.#with.onProgress?.(this.progress);
  }
}
