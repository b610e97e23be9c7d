import { damaged, misuse } from '../failures.ts';
import type { PackedBlob } from './blob.ts';
import { idLength } from './ids.ts';

const rawEntryLength = 1 + 4 + idLength;
const compressedEntryLength = rawEntryLength + 4;
/** Little-endian length of the sealed header, the last bytes of a pack. */
export const headerLengthField = 4;

const typeBytes = { data: 0, tree: 1 } as const;
const compressedBit = 2;

export function encodePackHeader(blobs: readonly PackedBlob[]): Buffer {
  const header = Buffer.alloc(packHeaderLength(blobs));
  let at = 0;
  for (const blob of blobs) {
    const compressed = blob.uncompressedLength > 0;
    header[at] = typeBytes[blob.type] | (compressed ? compressedBit : 0);
    header.writeUInt32LE(blob.length, at + 1);
    if (compressed) header.writeUInt32LE(blob.uncompressedLength, at + 5);
    at += (compressed ? compressedEntryLength : rawEntryLength) - idLength;
    if (header.write(blob.id, at, 'hex') !== idLength) throw misuse('A blob id is not 64 hex digits.');
    at += idLength;
  }
  return header;
}

/** Length of the header before it is sealed. */
export function packHeaderLength(blobs: readonly Pick<PackedBlob, 'uncompressedLength'>[]): number {
  let length = 0;
  for (const blob of blobs) length += blob.uncompressedLength > 0 ? compressedEntryLength : rawEntryLength;
  return length;
}

/** The same of so many blobs, so many of them compressed. */
export function headerLengthOf(blobs: number, compressed: number): number {
  return blobs * rawEntryLength + compressed * (compressedEntryLength - rawEntryLength);
}

/** Offsets follow from the order; no blob may reach beyond `dataLength`, the bytes before the sealed header. */
export function decodePackHeader(header: Buffer, dataLength: number): PackedBlob[] {
  const blobs: PackedBlob[] = [];
  let offset = 0;
  for (let at = 0; at < header.length; ) {
    const kind = header[at] ?? 0;
    if (kind > 3) throw damaged(`A pack header has an entry of unknown type ${kind}.`);
    const compressed = (kind & compressedBit) !== 0;
    const end = at + (compressed ? compressedEntryLength : rawEntryLength);
    if (end > header.length) throw damaged('A pack header is cut off.');
    const length = header.readUInt32LE(at + 1);
    const uncompressedLength = compressed ? header.readUInt32LE(at + 5) : 0;
    const id = header.toString('hex', end - idLength, end);
    blobs.push({ type: (kind & 1) === 0 ? 'data' : 'tree', id, offset, length, uncompressedLength });
    offset += length;
    at = end;
  }
  if (offset !== dataLength) throw damaged('A pack header does not add up to the length of its pack.');
  return blobs;
}
