import type { BlobId } from '../../../shared/domain/ids.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { BlobStore } from './contract.ts';

/** One stored chunk of the base version: bytes `start` to `end` of the file. */
export interface BaseChunk {
  readonly id: BlobId;
  readonly start: number;
  readonly end: number;
}

/** The version of a file that `same` ranges refer to, as chunks that are all in the loaded index. */
export class BaseContent {
  readonly #chunks: readonly BaseChunk[];

  private constructor(chunks: readonly BaseChunk[]) {
    this.#chunks = chunks;
  }

  /** Null when a chunk is missing from the index: then no range of it may be reused. */
  static of(content: readonly BlobId[], store: BlobStore): BaseContent | null {
    const chunks: BaseChunk[] = [];
    let start = 0;
    for (const id of content) {
      const length = store.dataLength(id);
      if (length === null) return null;
      chunks.push({ id, start, end: start + length });
      start += length;
    }
    return new BaseContent(chunks);
  }

  get length(): number {
    return this.#chunks.at(-1)?.end ?? 0;
  }

  /** Chunks that hold any byte of the range, in order. */
  *overlapping(start: number, end: number): Generator<BaseChunk> {
    for (let index = this.#firstEndingAfter(start); index < this.#chunks.length; index += 1) {
      const chunk = this.#chunks[index];
      if (!chunk || chunk.start >= end) return;
      yield chunk;
    }
  }

  #firstEndingAfter(offset: number): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#chunks[middle]?.end ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const reason = 'base-not-stored';

/** What `same` rejects with. A method that gets it sends `restart` and then the content in full. */
export function baseNotStored(): StillpointError {
  return new StillpointError({
    kind: 'source-unreadable',
    message: 'Only the changes since an earlier version were offered, and that version is not in this repository.',
    guidance: 'The content is asked for again in full.',
    retryable: true,
    context: { reason },
  });
}

export function isBaseNotStored(error: unknown): boolean {
  return error instanceof StillpointError && error.context.reason === reason;
}
