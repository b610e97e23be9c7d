import type { Backend, ListedFile } from '../backend/contract.ts';
import { type Sealer, sealOverhead } from '../crypto/sealer.ts';
import { damaged } from '../failures.ts';
import type { PackedBlob } from '../format/blob.ts';
import { decodePackHeader, headerLengthField } from '../format/pack-header.ts';

/** Read at once from the end of a pack, in bytes: the headers of most packs are in it. */
const usualTail = 64 * 1024;

/** The blobs that a pack says it holds, reading no more of it than its end. `repository-damaged` when it does not say so. */
export async function readTail(
  backend: Backend,
  sealer: Sealer,
  { name, size }: ListedFile,
  signal: AbortSignal | undefined,
  tailLength = usualTail,
): Promise<PackedBlob[]> {
  const lengthAt = size - headerLengthField;
  if (lengthAt < sealOverhead) throw damaged('A pack is too short to be one.');
  const load = async (offset: number, length: number): Promise<Buffer> => {
    const bytes = await backend.load({ kind: 'pack', name }, { offset, length }, { signal });
    if (bytes === undefined) throw damaged('A pack vanished while it was read.');
    return bytes;
  };
  const tailAt = Math.max(0, size - tailLength);
  const tail = await load(tailAt, size - tailAt);
  const headerLength = tail.readUInt32LE(tail.length - headerLengthField);
  const headerAt = lengthAt - headerLength;
  if (headerAt < 0) throw damaged('A pack names a header longer than itself.');
  const sealed =
    headerAt >= tailAt ? tail.subarray(headerAt - tailAt, lengthAt - tailAt) : await load(headerAt, headerLength);
  const header = sealer.open(sealed);
  if (header === undefined) throw damaged('The header of a pack was changed since it was written.');
  return decodePackHeader(header, headerAt);
}
