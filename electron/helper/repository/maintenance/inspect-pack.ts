import { hash } from 'node:crypto';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import { type Decompressor, newDecompressor } from '../crypto/decompressor.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Sealer } from '../crypto/sealer.ts';
import type { PackedBlob } from '../format/blob.ts';
import { idLength, type PackId } from '../format/ids.ts';
import { blobAt, type ListedBlobs } from '../index/listed-blobs.ts';
import { openBlob } from '../pack/open-blob.ts';
import { readPackHeader } from '../pack/read-header.ts';

/** What is wrong with a pack and with blobs in it; nothing in either when all of it is whole. */
export interface InspectedPack {
  /** Each says what the pack does or is. */
  readonly pack: readonly string[];
  /** `at`: which of the listed blobs. */
  readonly blobs: readonly { readonly at: number; readonly why: string }[];
}

/** What this check has found out about a pack before. */
export interface KnownOfPack {
  /** Its bytes have the hash that is its name. */
  readonly isNamed: boolean;
  /** 1 for each of the listed blobs that was opened from this pack and is whole. */
  readonly whole?: Uint8Array | undefined;
}

export const nothingKnown: KnownOfPack = { isNamed: false };

/** Memory that is kept for what is opened; longer blobs get their own each time. No program writes longer chunks. */
const scratchLength = 8 * 1024 * 1024 + 64 * 1024;

/** Looks through packs, one after the other, with memory that is used again for each blob. */
export class PackInspector {
  readonly #sealer: Sealer;
  readonly #decompressor: Decompressor;
  #stored = Buffer.alloc(0);
  #plain = Buffer.alloc(0);

  constructor(sealer: Sealer, decompressor = newDecompressor()) {
    this.#sealer = sealer;
    this.#decompressor = decompressor;
  }

  /**
   * Its hash, its header against the index, and each listed blob: tag, compression, hash; but for what is known. Pauses after
   * each blob.
   */
  *inspect(
    id: PackId,
    bytes: Buffer,
    listed: ListedBlobs,
    { isNamed, whole }: KnownOfPack = nothingKnown,
  ): Generator<void, InspectedPack, undefined> {
    const pack: string[] = [];
    const compare = (): void => {
      if (sha256(bytes) !== id) pack.unshift('was changed since it was written');
    };
    if (!isNamed) compare();
    try {
      if (!isSame(readPackHeader(this.#sealer, bytes), listed)) pack.push('does not hold what the index says');
    } catch (error) {
      if (!isStillpointError(error, 'repository-damaged')) throw error;
      pack.push(`has no readable header: ${error.message}`);
    }
    const blobs: { at: number; why: string }[] = [];
    for (let at = 0; at < listed.offsets.length; at += 1) {
      if (whole?.[at] === 1) continue;
      yield;
      if (this.#isWhole(bytes, listed, at)) continue;
      const why = this.#whyNot(bytes, listed, at);
      if (why !== undefined) blobs.push({ at, why });
    }
    // These are not the bytes that had its name.
    if (isNamed && pack.length + blobs.length > 0) compare();
    return { pack, blobs };
  }

  #isWhole(bytes: Buffer, { ids, offsets, lengths, plainLengths }: ListedBlobs, at: number): boolean {
    const offset = offsets[at] ?? 0;
    const length = lengths[at] ?? 0;
    const plainLength = plainLengths[at] ?? 0;
    if (length > scratchLength || plainLength >= scratchLength) return false;
    if (this.#stored.length === 0) {
      this.#stored = Buffer.allocUnsafeSlow(scratchLength);
      this.#plain = Buffer.allocUnsafeSlow(scratchLength);
    }
    const stored = this.#sealer.openInto(bytes.subarray(offset, offset + length), this.#stored);
    if (stored === undefined) return false;
    let content = this.#stored.subarray(0, stored);
    if (plainLength > 0) {
      if (!this.#decompressor.decompress(content, this.#plain, plainLength)) return false;
      content = this.#plain.subarray(0, plainLength);
    }
    const digest = hash('sha256', content, 'buffer');
    for (let index = 0; index < idLength; index += 1) if (digest[index] !== ids[at * idLength + index]) return false;
    return true;
  }

  /** What does not hold, by the way that every reader goes: nothing, when it finds the blob whole after all. */
  #whyNot(bytes: Buffer, listed: ListedBlobs, at: number): string | undefined {
    const offset = listed.offsets[at] ?? 0;
    const sealed = bytes.subarray(offset, offset + (listed.lengths[at] ?? 0));
    const opened = openBlob(this.#sealer, sealed, blobAt(listed, at).id, listed.plainLengths[at] ?? 0);
    return 'damage' in opened ? opened.damage : undefined;
  }
}

/** The header must list each blob of the index, and no other, at the same place. */
function isSame(header: readonly PackedBlob[], listed: ListedBlobs): boolean {
  const ids = Buffer.from(listed.ids.buffer, listed.ids.byteOffset, listed.ids.byteLength).toString('hex');
  return (
    header.length === listed.offsets.length &&
    header.every(
      (blob, at) =>
        ids.startsWith(blob.id, at * idLength * 2) &&
        (blob.type === 'tree' ? 1 : 0) === listed.isTree[at] &&
        blob.offset === listed.offsets[at] &&
        blob.length === listed.lengths[at] &&
        blob.uncompressedLength === listed.plainLengths[at],
    )
  );
}
