import { decompressBlob } from '../crypto/compression.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Sealer } from '../crypto/sealer.ts';

export type OpenedBlob = { readonly plaintext: Buffer } | { readonly damage: string };

/** Decrypts, decompresses and compares with the id, in that order; says what does not hold. */
export function openBlob(sealer: Sealer, sealed: Buffer, id: string, uncompressedLength: number): OpenedBlob {
  const stored = sealer.open(sealed);
  if (stored === undefined) return { damage: 'its bytes were changed since they were written' };
  const plaintext = uncompressedLength > 0 ? decompressBlob(stored, uncompressedLength) : stored;
  if (plaintext === undefined) return { damage: 'it cannot be decompressed' };
  if (sha256(plaintext) !== id) return { damage: 'its content does not have the right hash' };
  return { plaintext };
}
