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
const leastKept = 64 * 1024;

/** Is shown each plaintext before its hash is taken: what changes in memory from then on is found out, by the one or the other. */
export type ShowPlaintext = (plaintext: Buffer, id: string) => void;

/** Opens blobs one after the other, in memory that serves them all: a plaintext is valid until the next is asked for. */
export class BlobOpener {
  readonly #sealer: Sealer;
  readonly #show: ShowPlaintext;
  readonly #stored = new KeptMemory();
  readonly #plain = new KeptMemory();

  constructor(sealer: Sealer, show: ShowPlaintext = () => {}) {
    this.#sealer = sealer;
    this.#show = show;
  }

  open(sealed: Buffer, id: string, uncompressedLength: number): OpenedBlob {
    const memory = this.#stored.of(sealed.length);
    const length = this.#sealer.openInto(sealed, memory);
    if (length === undefined) return changed;
    const plaintext = this.#taken(memory.subarray(0, length), uncompressedLength);
    if (plaintext === undefined) return undecompressed;
    this.#show(plaintext, id);
    return compared(plaintext, id);
  }

  #taken(stored: Buffer, uncompressedLength: number): Buffer | undefined {
    if (uncompressedLength === 0) return stored;
    const memory = this.#plain.of(uncompressedLength + 1);
    const isWhole = sharedDecompressor().decompress(stored, memory, uncompressedLength);
    return isWhole ? memory.subarray(0, uncompressedLength) : undefined;
  }
}

class KeptMemory {
  #memory = Buffer.alloc(0);

  /** Memory that was never written to costs nothing, so it grows in large steps. */
  of(length: number): Buffer {
    if (this.#memory.length >= length) return this.#memory;
    if (length > keptBytes) return Buffer.allocUnsafeSlow(length);
    this.#memory = Buffer.allocUnsafeSlow(Math.max(leastKept, 2 ** Math.ceil(Math.log2(length))));
    return this.#memory;
  }
}

function compared(plaintext: Buffer, id: string): OpenedBlob {
  return sha256(plaintext) === id ? { plaintext } : { damage: 'its content does not have the right hash' };
}
