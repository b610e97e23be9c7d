import { decompressBlob, sharedDecompressor } from '../crypto/compression.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Sealer } from '../crypto/sealer.ts';

export type OpenedBlob = { readonly plaintext: Buffer } | { readonly damage: string };

const changed = { damage: 'its bytes were changed since they were written' } as const;
const undecompressed = { damage: 'it cannot be decompressed' } as const;

/** Decrypts, decompresses and compares with the id, in that order; says what does not hold. */
export function openBlob(sealer: Sealer, sealed: Buffer, id: string, uncompressedLength: number): OpenedBlob {
  const stored = sealer.open(sealed);
  if (stored === undefined) return changed;
  const plaintext = uncompressedLength > 0 ? decompressBlob(stored, uncompressedLength) : stored;
  return plaintext === undefined ? undecompressed : compared(plaintext, id);
}

/** Memory of more than this is not kept from one blob to the next. */
const keptBytes = 16 * 1024 * 1024;

/** Opens blobs one after the other, in memory that serves them all: a plaintext is valid until the next is asked for. */
export class BlobOpener {
  readonly #sealer: Sealer;
  #memory = Buffer.alloc(0);

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  open(sealed: Buffer, id: string, uncompressedLength: number): OpenedBlob {
    const stored = this.#sealer.open(sealed);
    if (stored === undefined) return changed;
    if (uncompressedLength === 0) return compared(stored, id);
    const memory = this.#memoryOf(uncompressedLength + 1);
    if (!sharedDecompressor().decompress(stored, memory, uncompressedLength)) return undecompressed;
    return compared(memory.subarray(0, uncompressedLength), id);
  }

  #memoryOf(length: number): Buffer {
    if (this.#memory.length >= length) return this.#memory;
    const memory = Buffer.allocUnsafeSlow(Math.max(length, 64 * 1024));
    if (length <= keptBytes) this.#memory = memory;
    return memory;
  }
}

function compared(plaintext: Buffer, id: string): OpenedBlob {
  return sha256(plaintext) === id ? { plaintext } : { damage: 'its content does not have the right hash' };
}
