import { type Sealer, sealOverhead } from '../crypto/sealer.ts';
import { damaged } from '../failures.ts';
import type { PackedBlob } from '../format/blob.ts';
import { decodePackHeader, headerLengthField } from '../format/pack-header.ts';

/** The blobs a whole pack file says it holds. `repository-damaged` when it does not say so believably. */
export function readPackHeader(sealer: Sealer, pack: Buffer): PackedBlob[] {
  const lengthAt = pack.length - headerLengthField;
  if (lengthAt < sealOverhead) throw damaged('A pack is too short to be one.');
  const headerLength = pack.readUInt32LE(lengthAt);
  const headerAt = lengthAt - headerLength;
  if (headerAt < 0) throw damaged('A pack names a header longer than itself.');
  const header = sealer.open(pack.subarray(headerAt, lengthAt));
  if (header === undefined) throw damaged('The header of a pack was changed since it was written.');
  return decodePackHeader(header, headerAt);
}
