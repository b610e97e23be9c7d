import type { BlobId } from '../../../shared/domain/ids.ts';
import type { ContentVerdict, StillContent } from '../quiesce/contract.ts';
import type { TreeNode } from '../repository/index.ts';
import { BaseContent } from './base-content.ts';
import type { BlobStore, Chunker, SavedBlob } from './contract.ts';
import { FileSink } from './file-sink.ts';
import { ZeroChunks } from './zero-chunks.ts';

export interface ReadContent {
  readonly verdict: ContentVerdict;
  /** Of what was received last, whole or torn; empty where nothing usable was. */
  readonly blobs: readonly BlobId[];
  /** Bytes. */
  readonly length: number;
}

export interface Reading {
  /** The file in the snapshot before this one. */
  readonly before: TreeNode | undefined;
  readonly signal: AbortSignal;
  /** Bytes read for the first time. */
  readonly onProgress: (bytes: number) => void;
}

/** Reads contents into the store: any number at once, each through a chunker that the next one uses again. */
export class ContentReader {
  readonly #store: BlobStore;
  readonly #parentBase: string | undefined;
  readonly #onSaved: (saved: SavedBlob) => void;
  readonly #zeros: ZeroChunks;
  readonly #idleChunkers: Chunker[] = [];
  readonly #takeChunker = (): Chunker => this.#idleChunkers.pop() ?? this.#store.newChunker();
  readonly #giveChunker = (chunker: Chunker): void => void this.#idleChunkers.push(chunker);

  constructor(store: BlobStore, parentBase: string | undefined, onSaved: (saved: SavedBlob) => void) {
    this.#store = store;
    this.#parentBase = parentBase;
    this.#onSaved = onSaved;
    this.#zeros = new ZeroChunks(store, onSaved);
  }

  async read(content: StillContent, { before, signal, onProgress }: Reading): Promise<ReadContent> {
    const sink = new FileSink({
      store: this.#store,
      takeChunker: this.#takeChunker,
      giveChunker: this.#giveChunker,
      zeros: this.#zeros,
      base: this.#baseOf(content, before),
      signal,
      onSaved: this.#onSaved,
      onProgress,
    });
    try {
      const verdict = await content.readInto(sink, signal);
      if (verdict.state === 'vanished' || verdict.state === 'unreadable') return { verdict, blobs: [], length: 0 };
      const { content: blobs, length } = await sink.finish();
      return { verdict, blobs, length };
    } finally {
      await sink.settle();
      sink.letGo();
    }
  }

  #baseOf(content: StillContent, before: TreeNode | undefined): BaseContent | null {
    if (content.base === null || content.base !== this.#parentBase || !before?.content) return null;
    return BaseContent.of(before.content, this.#store);
  }
}
