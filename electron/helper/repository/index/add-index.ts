import type { Breather } from '../breather.ts';
import type { BlobIndex } from './blob-index.ts';
import type { ParsedIndex } from './parse-index.ts';

/** Everything an index file lists. */
export async function addAll(
  index: BlobIndex,
  { packs, blobs }: ParsedIndex,
  breather: Breather,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const { id, from, to } of packs) {
    index.addListed(id, blobs, from, to);
    if (breather.isDue) await breather.breathe(signal);
  }
}
