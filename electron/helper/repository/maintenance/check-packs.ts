import type { Backend } from '../backend/contract.ts';
import { Breather } from '../breather.ts';
import { sealOverhead } from '../crypto/sealer.ts';
import type { PackedBlob } from '../format/blob.ts';
import { headerLengthField, packHeaderLength } from '../format/pack-header.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import type { CheckContext } from './finding.ts';

/** Compares the packs that are there with what the index says, without reading them. */
export async function checkPacks(backend: Backend, index: BlobIndex, context: CheckContext): Promise<void> {
  const present = new Map((await backend.list('pack')).map(({ name, size }) => [name, size]));
  const breather = new Breather();
  let done = 0;
  for (const { id, blobs } of index.packs()) {
    await breather.breathe(context.signal);
    context.progress({ phase: 'packs', done, total: index.packCount });
    done += 1;
    const size = present.get(id);
    present.delete(id);
    if (size === undefined) {
      const text = `Pack ${id.slice(0, 8)} is missing; the index says it holds ${blobs.length} blobs.`;
      context.report({ severity: 'error', code: 'pack-missing', text, affects: [], file: id });
    } else if (size !== lengthOfPack(blobs)) {
      const text = `Pack ${id.slice(0, 8)} is ${size} bytes long instead of ${lengthOfPack(blobs)}.`;
      context.report({ severity: 'error', code: 'pack-length-wrong', text, affects: [], file: id });
    }
  }
  for (const id of present.keys()) {
    const text = `Pack ${id.slice(0, 8)} is in no index: an interrupted run left it. A prune removes it.`;
    context.report({ severity: 'info', code: 'pack-unlisted', text, affects: [], file: id });
  }
}

function lengthOfPack(blobs: readonly PackedBlob[]): number {
  const sealed = blobs.reduce((sum, { length }) => sum + length, 0);
  return sealed + packHeaderLength(blobs) + sealOverhead + headerLengthField;
}
