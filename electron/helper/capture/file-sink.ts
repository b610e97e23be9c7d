import type { BlobId } from '../../../shared/domain/ids.ts';
import { throwIfAborted } from '../../../shared/errors/index.ts';
import type { ContentSink, OpenFile } from '../quiesce/contract.ts';
import { type BaseContent, baseNotStored } from './base-content.ts';
import type { BlobStore, Chunker, SavedBlob } from './contract.ts';
import { streamsOf } from './streams-of.ts';
import { shortestHole, type ZeroChunks, zeroBytes } from './zero-chunks.ts';

type TakeFile = NonNullable<BlobStore['takeFile']>;

export interface FileSinkParts {
  readonly store: BlobStore;
  /** One that is free; it is given back with `giveChunker`. Most files need none: threads cut them. */
  readonly takeChunker: () => Chunker;
  readonly giveChunker: (chunker: Chunker) => void;
  readonly zeros: ZeroChunks;
  readonly base: BaseContent | null;
  readonly signal: AbortSignal;
  readonly onSaved: (saved: SavedBlob) => void;
  /** Bytes received for the first time; after a restart the same ones are not told again. */
  readonly onProgress: (bytes: number) => void;
}

/** Cuts one file's content into chunks and stores them. What was stored before a restart is merely not referred to. */
export class FileSink implements ContentSink {
  readonly #parts: FileSinkParts;
  readonly #saves = new Set<Promise<void>>();
  #ids: (BlobId | undefined)[] = [];
  #length = 0;
  #told = 0;
  #failure: { readonly error: unknown } | null = null;
  #chunker: Chunker | null = null;
  #chunk: { readonly id: BlobId; readonly bytes: Uint8Array } | undefined;

  readonly file: ((file: OpenFile) => Promise<number>) | undefined;

  constructor(parts: FileSinkParts) {
    this.#parts = parts;
    const { takeFile } = parts.store;
    if (takeFile !== undefined) this.file = (file) => this.#file(file, takeFile);
  }

  async data(bytes: Uint8Array): Promise<void> {
    this.#check();
    this.#push(bytes);
    this.#received(bytes.length);
    await this.settle();
  }

  /** The same chunks as if its data and holes were pushed: a hole that is long enough ends one stream and begins another. */
  async #file({ fd, size, extents, beforeRead, isStill }: OpenFile, takeFile: TakeFile): Promise<number> {
    this.#check();
    for (const { start, end } of streamsOf(extents, size)) {
      if (start > this.#length) await this.hole(start - this.#length);
      if (end === start) continue;
      const taken = await takeFile(fd, start, end, { beforeRead, isStill, onRead: (bytes) => this.#received(bytes) });
      this.#check();
      this.#ids.push(...taken.blobs);
      if (taken.storedLength > 0)
        this.#parts.onSaved({ id: taken.blobs[0] as BlobId, isNew: true, storedLength: taken.storedLength });
      if (taken.length < end - start) break;
    }
    return this.#length;
  }

  async hole(length: number): Promise<void> {
    this.#check();
    let left = length;
    if (length >= shortestHole) {
      this.#cut();
      for (let chunk = this.#parts.zeros.fitting(left); chunk; chunk = this.#parts.zeros.fitting(left)) {
        this.#place(chunk.id);
        left -= chunk.length;
        await this.settle();
        this.#check();
      }
    }
    while (left > 0) {
      const zeros = zeroBytes(left);
      this.#push(zeros);
      left -= zeros.length;
    }
    this.#received(length);
    await this.settle();
  }

  async same(length: number): Promise<void> {
    this.#check();
    const { base } = this.#parts;
    const start = this.#length;
    const end = start + length;
    if (base === null || end > base.length) throw baseNotStored();
    for (const chunk of base.overlapping(start, end)) {
      if (chunk.start >= start && chunk.end <= end) {
        this.#cut();
        this.#ids.push(chunk.id);
        continue;
      }
      const bytes = await this.#loadChunk(chunk.id);
      this.#check();
      this.#push(bytes.subarray(Math.max(0, start - chunk.start), Math.min(bytes.length, end - chunk.start)));
    }
    this.#received(length);
    await this.settle();
  }

  /** Ranges shorter than a chunk come one after the other from the same one: it is loaded once. */
  async #loadChunk(id: BlobId): Promise<Uint8Array> {
    if (this.#chunk?.id !== id) this.#chunk = { id, bytes: await this.#parts.store.loadData(id) };
    return this.#chunk.bytes;
  }

  restart(): void {
    this.#ids = [];
    this.#length = 0;
    this.#chunker?.finish();
  }

  /** Nothing may be received any more. */
  letGo(): void {
    if (this.#chunker === null) return;
    this.#chunker.finish();
    this.#parts.giveChunker(this.#chunker);
    this.#chunker = null;
  }

  /** The chunks of everything received since the last restart, all of them stored. */
  async finish(): Promise<{ readonly content: readonly BlobId[]; readonly length: number }> {
    this.#cut();
    await this.settle();
    this.#check();
    return { content: this.#ids as BlobId[], length: this.#length };
  }

  /**
   * Waits for what is on its way, however it ends: that bounds what one file has under way, and nobody finds it still
   * running after an error.
   */
  async settle(): Promise<void> {
    if (this.#saves.size > 0) await Promise.all(this.#saves);
  }

  #check(): void {
    throwIfAborted(this.#parts.signal);
    if (this.#failure) throw this.#failure.error;
  }

  #received(bytes: number): void {
    this.#length += bytes;
    const fresh = this.#length - this.#told;
    if (fresh <= 0) return;
    this.#told = this.#length;
    this.#parts.onProgress(fresh);
  }

  #push(bytes: Uint8Array): void {
    this.#chunker ??= this.#parts.takeChunker();
    for (const chunk of this.#chunker.push(bytes)) this.#save(chunk);
  }

  #cut(): void {
    const rest = this.#chunker?.finish();
    if (rest) this.#save(rest);
  }

  /** The chunk is only valid now, so it is handed over before anything is awaited. */
  #save(chunk: Uint8Array): void {
    const saved = this.#parts.store.saveData(chunk);
    this.#place(
      saved.then((blob) => {
        this.#parts.onSaved(blob);
        return blob.id;
      }),
    );
  }

  /** Keeps the next place of the content for a chunk whose id is still to come. */
  #place(id: Promise<BlobId>): void {
    const ids = this.#ids;
    const at = ids.push(undefined) - 1;
    const done: Promise<void> = id.then(
      (known) => {
        ids[at] = known;
        this.#saves.delete(done);
      },
      (error: unknown) => {
        this.#failure ??= { error };
        this.#saves.delete(done);
      },
    );
    this.#saves.add(done);
  }
}
