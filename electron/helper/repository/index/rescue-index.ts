import { isStillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import { Breather } from '../breather.ts';
import type { Sealer } from '../crypto/sealer.ts';
import type { Documents } from '../documents.ts';
import type { PackId } from '../format/ids.ts';
import { readTail } from '../pack/read-tail.ts';
import { type LoadIndexOptions, loadIndex } from './load-index.ts';
import type { LoadedIndex } from './loaded-index.ts';

/**
 * The index of a repository of which index files are damaged, good for reading alone: what no readable file lists is found by
 * the headers of the packs themselves. A pack that does not say what it holds is left out.
 */
export async function rescueIndex(
  { documents, backend, sealer }: { readonly documents: Documents; readonly backend: Backend; readonly sealer: Sealer },
  options: Pick<LoadIndexOptions, 'signal' | 'onProgress'>,
): Promise<LoadedIndex> {
  const { signal } = options;
  const index = await loadIndex(documents, { ...options, onDamage: (_file, error) => orThrow(error) });
  const isListed = (name: string): boolean => index.blobs.hasPack(name as PackId);
  const breather = new Breather();
  for (const pack of await backend.list('pack', { signal, besides: isListed })) {
    throwIfAborted(signal);
    if (isListed(pack.name)) continue;
    try {
      index.blobs.add(pack.name as PackId, await readTail(backend, sealer, pack, signal));
    } catch (error) {
      orThrow(error);
    }
    await breather.breathe(signal);
  }
  return index;
}

/** Damage is why we are here; anything else is not. */
function orThrow(error: unknown): void {
  if (!isStillpointError(error, 'repository-damaged')) throw error;
}
