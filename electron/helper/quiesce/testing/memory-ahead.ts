import type { AheadStore, ContentSink, FileToTake, Taken, TakenContent } from '../contract.ts';

/** Content stored ahead in memory; `write-view` and `read-view` know it. */
export class MemoryContent implements TakenContent {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get length(): number {
    return this.bytes.length;
  }
}

export interface MemoryAhead extends AheadStore {
  /** Paths in the order in which they were taken, absolute; each as often as it was. */
  readonly taken: readonly string[];
  readonly settled: number;
}

/** An `AheadStore` in memory, for tests without a repository. Reuses nothing of an earlier snapshot. */
export function memoryAhead(): MemoryAhead {
  const taken: string[] = [];
  const underWay = new Set<Promise<unknown>>();
  let settled = 0;
  const takeNow = async (file: FileToTake, signal: AbortSignal): Promise<Taken> => {
    taken.push(`/${file.path.map((name) => Buffer.from(name).toString('latin1')).join('/')}`);
    const sink = collectingSink();
    const verdict = await file.content.readInto(sink, signal);
    if (verdict.state === 'vanished' || verdict.state === 'unreadable') return verdict;
    return { state: 'taken', content: new MemoryContent(sink.bytes()), isReused: false, meta: verdict.meta };
  };
  return {
    taken,
    get settled() {
      return settled;
    },
    async take(file, signal) {
      const work = takeNow(file, signal);
      underWay.add(work);
      try {
        return await work;
      } finally {
        underWay.delete(work);
      }
    },
    async settle() {
      await Promise.allSettled(underWay);
      settled += 1;
    },
  };
}

/** Bytes of content that was stored ahead here. */
export function memoryBytes(content: TakenContent): Buffer {
  if (content instanceof MemoryContent) return content.bytes;
  throw new Error('content is said to be stored ahead that was not taken by this test');
}

function collectingSink(): ContentSink & { bytes(): Buffer } {
  let parts: Buffer[] = [];
  return {
    // Copied: the buffer is the sender's again.
    data: async (bytes) => void parts.push(Buffer.from(bytes)),
    hole: async (length) => void parts.push(Buffer.alloc(length)),
    same: async () => {
      throw new Error('there is no earlier version to take it from');
    },
    restart: () => {
      parts = [];
    },
    bytes: () => Buffer.concat(parts),
  };
}
