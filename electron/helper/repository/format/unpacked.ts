import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { damaged, unsupported } from '../failures.ts';

/** Version of the repository format. 1 is read and extended, never made anew. */
export type FormatVersion = 1 | 2;

/** Largest document accepted after decompression, in bytes. V8 cannot hold a longer string. */
const maxDocumentLength = 512 * 1024 * 1024 - 64;

/** First byte of a document that is compressed. */
export const compressedMark = 2;
const jsonMarks = [0x5b, 0x7b];

/** The plaintext of an index, snapshot or lock file: in version 2 the byte 2 and the document compressed with zstd. */
export function encodeUnpacked(json: string, version: FormatVersion): Buffer {
  const document = Buffer.from(json, 'utf8');
  if (version === 1) return document;
  const params = { [constants.ZSTD_c_compressionLevel]: 3 };
  return Buffer.concat([Buffer.of(compressedMark), zstdCompressSync(document, { params })]);
}

export function decodeUnpacked(plaintext: Buffer, where: string): string {
  return decodeUnpackedBytes(plaintext, where).toString('utf8');
}

export function decodeUnpackedBytes(plaintext: Buffer, where: string): Buffer {
  const mark = plaintext[0];
  if (mark === undefined) throw damaged(`${where} is empty.`);
  if (jsonMarks.includes(mark)) return plaintext;
  if (mark !== compressedMark) throw unsupported(`${where} is stored in an unknown encoding (${mark}).`);
  try {
    return zstdDecompressSync(plaintext.subarray(1), { maxOutputLength: maxDocumentLength });
  } catch (cause) {
    throw damaged(`${where} cannot be decompressed.`, {}, cause);
  }
}
