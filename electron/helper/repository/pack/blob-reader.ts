import type { BlobId } from '../../../../shared/domain/ids.ts';
import type { StillpointError } from '../../../../shared/errors/index.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import type { Sealer } from '../crypto/sealer.ts';
import { damaged } from '../failures.ts';
import type { BlobType } from '../format/blob.ts';
import type { BlobIndex, BlobLocation } from '../index/blob-index.ts';
import { openBlob } from './open-blob.ts';

/** Loads blobs by id, each verified. A blob that is whole in any pack is found there. */
export class BlobReader {
  readonly #backend: Backend;
  readonly #sealer: Sealer;

  constructor(backend: Backend, sealer: Sealer) {
    this.#backend = backend;
    this.#sealer = sealer;
  }

  /** The plaintext. `repository-damaged`, with `blob` and `pack` in its context, when no copy is whole. */
  async load(index: BlobIndex, type: BlobType, id: BlobId): Promise<Buffer> {
    const places = index.findAll(type, id);
    let failure: StillpointError | undefined;
    for (const place of places) {
      const read = await this.#read(place, type, id);
      if (Buffer.isBuffer(read)) return read;
      failure ??= read;
    }
    throw failure ?? damaged(`The ${type} blob ${id.slice(0, 8)} is in no index.`, { blob: id });
  }

  async #read(place: BlobLocation, type: BlobType, id: BlobId): Promise<Buffer | StillpointError> {
    const { pack, offset, length, uncompressedLength } = place;
    const broken = (why: string, cause?: unknown): StillpointError =>
      damaged(
        `The ${type} blob ${id.slice(0, 8)} in pack ${pack.slice(0, 8)} is damaged: ${why}.`,
        { blob: id, pack },
        cause,
      );
    try {
      const sealed = await this.#backend.load({ kind: 'pack', name: pack }, { offset, length });
      if (sealed === undefined) return broken('the pack is missing');
      const opened = openBlob(this.#sealer, sealed, id, uncompressedLength);
      return 'plaintext' in opened ? opened.plaintext : broken(opened.damage);
    } catch (error) {
      if (isStillpointError(error, 'repository-damaged')) return broken('the pack is cut off', error);
      throw error;
    }
  }
}
