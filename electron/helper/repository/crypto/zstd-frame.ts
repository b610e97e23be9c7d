/** Little-endian, at the start of every zstd frame (RFC 8878, section 3.1.1). */
const magic = 0xfd2fb528;
const checksumLength = 4;
const blockHeaderLength = 3;

export interface ZstdFrame {
  /** Length of what is in it, where its header says so. */
  readonly contentLength: number | undefined;
  /** Bytes that whoever decompresses it must be able to look back. */
  readonly window: number;
}

/** What the header of a zstd frame says, when the bytes are exactly one frame, whole by its outline; else undefined. */
export function readZstdFrame(bytes: Buffer): ZstdFrame | undefined {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== magic) return undefined;
  const descriptor = bytes[4] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryLength = [0, 1, 2, 4][descriptor & 3] ?? 0;
  // No blob needs a dictionary, and nobody has one.
  if (dictionaryLength !== 0 || (descriptor & 0x08) !== 0) return undefined;
  const windowAt = 5;
  const contentAt = windowAt + (isSingleSegment ? 0 : 1);
  const contentField = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const firstBlock = contentAt + contentField;
  if (firstBlock > bytes.length) return undefined;
  const contentLength = readContentLength(bytes, contentAt, contentField);
  const window = isSingleSegment ? (contentLength ?? 0) : windowOf(bytes[windowAt] ?? 0);
  const end = endOfBlocks(bytes, firstBlock);
  if (end + ((descriptor & 0x04) === 0 ? 0 : checksumLength) !== bytes.length) return undefined;
  return { contentLength, window };
}

function readContentLength(bytes: Buffer, at: number, field: number): number | undefined {
  if (field === 0) return undefined;
  if (field === 1) return bytes[at];
  if (field === 2) return bytes.readUInt16LE(at) + 256;
  return field === 4 ? bytes.readUInt32LE(at) : Number(bytes.readBigUInt64LE(at));
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** Where the last block ends; beyond the bytes when they are cut off. */
function endOfBlocks(bytes: Buffer, from: number): number {
  for (let at = from; ; ) {
    if (at + blockHeaderLength > bytes.length) return bytes.length + 1;
    const header = bytes.readUIntLE(at, blockHeaderLength);
    const type = (header >> 1) & 3;
    if (type === 3) return bytes.length + 1;
    // One that repeats a byte holds that byte, and says how often.
    at += blockHeaderLength + (type === 1 ? 1 : header >> 3);
    if ((header & 1) === 1) return at;
  }
}
