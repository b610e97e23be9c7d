import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import { Breather } from '../breather.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Sealer } from '../crypto/sealer.ts';
import type { PackedBlob } from '../format/blob.ts';
import type { PackId } from '../format/ids.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import { openBlob } from '../pack/open-blob.ts';
import { readPackHeader } from '../pack/read-header.ts';
import type { CheckContext } from './finding.ts';

/** Reads every byte of every listed pack: its hash, its header against the index, and each blob's hash. */
export async function checkData(
  backend: Backend,
  sealer: Sealer,
  index: BlobIndex,
  context: CheckContext,
): Promise<void> {
  const sizes = new Map((await backend.list('pack')).map(({ name, size }) => [name, size]));
  const packs = [...index.packs()].filter(({ id }) => sizes.has(id));
  const total = packs.reduce((sum, { id }) => sum + (sizes.get(id) ?? 0), 0);
  let done = 0;
  for (const { id, blobs } of packs) {
    context.progress({ phase: 'data', done, total });
    await checkPack(backend, sealer, id, blobs, context);
    done += sizes.get(id) ?? 0;
  }
  context.progress({ phase: 'data', done, total });
}

async function checkPack(
  backend: Backend,
  sealer: Sealer,
  id: PackId,
  blobs: readonly PackedBlob[],
  context: CheckContext,
): Promise<void> {
  const breather = new Breather();
  await breather.breathe(context.signal);
  const bytes = await backend.load({ kind: 'pack', name: id });
  const report = (why: string): void =>
    context.report({
      severity: 'error',
      code: 'pack-damaged',
      text: `Pack ${id.slice(0, 8)} ${why}.`,
      affects: [],
      file: id,
    });
  if (bytes === undefined) return report('vanished while it was checked');
  if (sha256(bytes) !== id) report('was changed since it was written');
  try {
    if (!sameBlobs(readPackHeader(sealer, bytes), blobs)) report('does not hold what the index says');
  } catch (error) {
    if (!isStillpointError(error, 'repository-damaged')) throw error;
    report(`has no readable header: ${error.message}`);
  }
  for (const blob of blobs) {
    await breather.breathe(context.signal);
    const sealed = bytes.subarray(blob.offset, blob.offset + blob.length);
    const opened = openBlob(sealer, sealed, blob.id, blob.uncompressedLength);
    if ('plaintext' in opened) continue;
    const text = `The ${blob.type} blob ${blob.id.slice(0, 8)} in pack ${id.slice(0, 8)} is damaged: ${opened.damage}.`;
    context.report({ severity: 'error', code: 'blob-damaged', text, affects: [], file: id, blob: blob.id });
  }
}

/** The header must list each blob of the index, and no other, at the same place. */
function sameBlobs(header: readonly PackedBlob[], listed: readonly PackedBlob[]): boolean {
  return (
    header.length === listed.length &&
    header.every((blob, position) => {
      const other = listed[position];
      return (
        other !== undefined &&
        other.id === blob.id &&
        other.type === blob.type &&
        other.offset === blob.offset &&
        other.length === blob.length &&
        other.uncompressedLength === blob.uncompressedLength
      );
    })
  );
}
