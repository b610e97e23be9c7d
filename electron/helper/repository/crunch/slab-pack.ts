import { cutLimits } from '../chunker/cut-finder.ts';
import { leastGain } from '../crypto/compression.ts';
import type { Compressor } from '../crypto/compressor.ts';
import { sha256 } from '../crypto/hash.ts';
import { type Sealer, sealOverhead } from '../crypto/sealer.ts';
import type { PackedBlob } from '../format/blob.ts';
import type { PackId } from '../format/ids.ts';
import { encodePackHeader, headerLengthField, packHeaderLength } from '../format/pack-header.ts';
import { maxPackBlobs } from '../pack/pack-assembler.ts';

/** Room for a pack that is nearly full and then gets the longest chunk there is, and for the longest header. */
export function slabLength(packTarget: number): number {
  return packTarget + cutLimits.max + sealOverhead + maxPackBlobs * 41 + 2 * sealOverhead + headerLengthField;
}

export interface PackInSlab {
  readonly id: PackId;
  readonly length: number;
  readonly blobs: readonly PackedBlob[];
}

/** One pack of data blobs, made where it lies: each blob is compressed, encrypted and signed in place. */
export class SlabPack {
  readonly #sealer: Sealer;
  readonly #compressor: Compressor | null;
  readonly #bytes: Buffer;
  #length = 0;
  #blobs: PackedBlob[] = [];

  /** `compressor` is null where the format has no compression. */
  constructor(sealer: Sealer, compressor: Compressor | null, bytes: Buffer) {
    this.#sealer = sealer;
    this.#compressor = compressor;
    this.#bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.#blobs.length === 0;
  }

  isFull(packTarget: number): boolean {
    return this.#length >= packTarget || this.#blobs.length >= maxPackBlobs;
  }

  /** The length it takes. */
  add(id: string, plaintext: Uint8Array): number {
    const compressed = this.#sealer.sealAt(this.#bytes, this.#length, plaintext, (target, offset) =>
      this.#compressor?.compress(plaintext, target, offset, leastGain(plaintext.length)),
    );
    const length = (compressed ?? plaintext.length) + sealOverhead;
    const uncompressedLength = compressed === undefined ? 0 : plaintext.length;
    this.#blobs.push({ type: 'data', id, offset: this.#length, length, uncompressedLength });
    this.#length += length;
    return length;
  }

  finish(): PackInSlab {
    const blobs = this.#blobs;
    const headerLength = packHeaderLength(blobs) + sealOverhead;
    this.#sealer.sealInto(this.#bytes, this.#length, encodePackHeader(blobs));
    const length = this.#bytes.writeUInt32LE(headerLength, this.#length + headerLength);
    return { id: sha256(this.#bytes.subarray(0, length)) as PackId, length, blobs };
  }
}
