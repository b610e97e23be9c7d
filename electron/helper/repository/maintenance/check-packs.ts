import { Breather } from '../breather.ts';
import { sealOverhead } from '../crypto/sealer.ts';
import type { PackId } from '../format/ids.ts';
import { headerLengthField, headerLengthOf } from '../format/pack-header.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import type { CheckContext } from './finding.ts';

/** Compares the packs that are there, by their sizes in bytes, with what the index says, without reading them. */
export async function checkPacks(
  sizes: ReadonlyMap<string, number>,
  index: BlobIndex,
  context: CheckContext,
): Promise<void> {
  const breather = new Breather();
  const { blobs, compressed, lengths } = index.packSums();
  for (const [done, id] of index.packIds.entries()) {
    await breather.breathe(context.signal);
    context.progress({ phase: 'packs', done, total: index.packCount });
    const count = blobs[done] ?? 0;
    const header = headerLengthOf(count, compressed[done] ?? 0);
    const expected = (lengths[done] ?? 0) + header + sealOverhead + headerLengthField;
    const size = sizes.get(id);
    if (size === undefined) {
      const text = `Pack ${id.slice(0, 8)} is missing; the index says it holds ${count} blobs.`;
      context.report({ severity: 'error', code: 'pack-missing', text, affects: [], file: id });
    } else if (size !== expected) {
      const text = `Pack ${id.slice(0, 8)} is ${size} bytes long instead of ${expected}.`;
      context.report({ severity: 'error', code: 'pack-length-wrong', text, affects: [], file: id });
    }
  }
  for (const id of sizes.keys()) {
    if (index.hasPack(id as PackId)) continue;
    const text = `Pack ${id.slice(0, 8)} is in no index: an interrupted run left it. A prune removes it.`;
    context.report({ severity: 'info', code: 'pack-unlisted', text, affects: [], file: id });
  }
}
