import { createHash } from 'node:crypto';
import { type Sealer, sealOverhead } from '../crypto/sealer.ts';
import type { BlobType, PackedBlob } from '../format/blob.ts';
import type { PackId } from '../format/ids.ts';
import { encodePackHeader, headerLengthField, packHeaderLength } from '../format/pack-header.ts';

/** A pack is written when it has this many bytes: large enough for a disk or a server, small enough to hold in memory. */
export const packTarget = 16 * 1024 * 1024;

/** Headers of more entries would become slow to read; small blobs fill a pack by number. */
export const maxPackBlobs = 40_000;

export interface FinishedPack {
  readonly id: PackId;
  readonly bytes: Buffer;
  readonly blobs: readonly PackedBlob[];
}

/** One pack in the making, in memory: blobs, then the sealed header, then its length. */
export class PackAssembler {
  readonly #sealer: Sealer;
  readonly #type: BlobType;
  readonly #target: number;
  readonly #room: number;
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;
  #blobs: PackedBlob[] = [];
  /** Of the bytes so far: a whole pack at once would keep the processor from others for ten milliseconds. */
  #hash = createHash('sha256');

  /** `room`: bytes that are reserved when a pack is begun; grown by doubling. Who is sure to fill it reserves all at once. */
  constructor(sealer: Sealer, type: BlobType, target: number = packTarget, room: number = target / 16) {
    this.#room = room;
    this.#sealer = sealer;
    this.#type = type;
    this.#target = target;
  }

  get isEmpty(): boolean {
    return this.#blobs.length === 0;
  }

  get isFull(): boolean {
    return this.#length >= this.#target || this.#blobs.length >= maxPackBlobs;
  }

  /** Seals `stored` (the plaintext, or its compressed form) into the pack. The length it takes there. */
  add(id: string, stored: Uint8Array, uncompressedLength: number): number {
    const length = stored.length + sealOverhead;
    this.#reserve(length);
    this.#sealer.sealInto(this.#bytes, this.#length, stored);
    return this.#added(id, length, uncompressedLength);
  }

  /** Takes over what is sealed already, as it is: whoever calls has opened it and compared its hash. */
  addSealed(id: string, sealed: Uint8Array, uncompressedLength: number): number {
    this.#reserve(sealed.length);
    this.#bytes.set(sealed, this.#length);
    return this.#added(id, sealed.length, uncompressedLength);
  }

  #added(id: string, length: number, uncompressedLength: number): number {
    this.#hash.update(this.#bytes.subarray(this.#length, this.#length + length));
    this.#blobs.push({ type: this.#type, id, offset: this.#length, length, uncompressedLength });
    this.#length += length;
    return length;
  }

  /** The complete pack file. The assembler is empty afterwards and can be used again. */
  finish(): FinishedPack {
    const headerLength = packHeaderLength(this.#blobs) + sealOverhead;
    this.#reserve(headerLength + headerLengthField);
    this.#sealer.sealInto(this.#bytes, this.#length, encodePackHeader(this.#blobs));
    const end = this.#bytes.writeUInt32LE(headerLength, this.#length + headerLength);
    const bytes = this.#bytes.subarray(0, end);
    const id = this.#hash.update(bytes.subarray(this.#length)).digest('hex') as PackId;
    const pack = { id, bytes, blobs: this.#blobs };
    this.#hash = createHash('sha256');
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
    this.#blobs = [];
    return pack;
  }

  #reserve(length: number): void {
    const needed = this.#length + length;
    if (needed <= this.#bytes.length) return;
    const roomy = this.#bytes.length === 0 ? this.#room : this.#bytes.length * 2;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, Math.ceil(roomy)));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
