import type { Breather } from '../breather.ts';
import type { BlobIndex } from './blob-index.ts';
import type { ParsedIndex } from './parse-index.ts';

const packsBetween = 32;

/** Everything an index file lists. */
export async function addAll(
  index: BlobIndex,
  { packs, blobs }: ParsedIndex,
  breather: Breather,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [at, { id, from, to }] of packs.entries()) {
    index.addListed(id, blobs, from, to);
    if (at % packsBetween === 0 && breather.isDue) await breather.breathe(signal);
  }
}
