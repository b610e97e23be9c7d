import type { BlobId } from '../../../../shared/domain/ids.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import type { Sealer } from '../crypto/sealer.ts';
import type { PackId } from '../format/ids.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import { blobAt, type ListedBlobs } from '../index/listed-blobs.ts';
import { BlobReader } from '../pack/blob-reader.ts';
import { BlobOpener } from '../pack/open-blob.ts';

/** Trees of one folder lie beside each other: read at a time, where that costs no more than one of them would. */
const windowLength = 256 * 1024;
/** Windows kept: 8 MiB, the trees of some tens of thousands of folders. */
const mostWindows = 32;

/**
 * Stored directories, each verified, for who asks for many once. What is given is valid until the next is asked for.
 * From a place on this machine they are read many at once; from elsewhere, and whatever seems damaged, one by one, from
 * whichever pack has it whole.
 */
export class TreeBytes {
  /** 1 for each entry of the index whose sealed bytes, in that very pack, were found whole. */
  readonly #whole: Uint8Array;
  readonly #backend: Backend;
  readonly #index: BlobIndex;
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #reader: BlobReader;
  readonly #opener: BlobOpener;
  /** Least recently used first. */
  readonly #windows = new Map<string, Buffer>();

  /** `sizes`: length in bytes of the packs that are there. */
  constructor(backend: Backend, sealer: Sealer, index: BlobIndex, sizes: ReadonlyMap<string, number>) {
    this.#whole = new Uint8Array(index.size);
    this.#backend = backend;
    this.#index = index;
    this.#sizes = sizes;
    this.#reader = new BlobReader(backend, sealer);
    this.#opener = new BlobOpener(sealer);
  }

  /** `repository-damaged`, with `blob` and `pack` in its context, when no copy of it is whole. */
  async load(id: BlobId): Promise<Buffer> {
    return (await this.#fromWindow(id)) ?? this.#reader.load(this.#index, 'tree', id);
  }

  /** For each of the blobs that are listed of a pack: 1 where it was read from there and is whole. Undefined where none is. */
  wholeIn(pack: PackId, listed: ListedBlobs): Uint8Array | undefined {
    if (!listed.isTree.includes(1)) return undefined;
    return Uint8Array.from(listed.isTree, (isTree, at) => {
      const entry = isTree === 1 ? this.#index.entryOf('tree', blobAt(listed, at).id) : -1;
      if (entry < 0 || this.#whole[entry] !== 1) return 0;
      const isThis = this.#index.packIds[this.#index.packOf(entry)] === pack;
      return isThis && this.#index.blobAt(entry).offset === listed.offsets[at] ? 1 : 0;
    });
  }

  async #fromWindow(id: BlobId): Promise<Buffer | undefined> {
    if (this.#backend.open === undefined) return undefined;
    const entry = this.#index.entryOf('tree', id);
    if (entry < 0) return undefined;
    const { offset, length, uncompressedLength } = this.#index.blobAt(entry);
    const pack = this.#index.packIds[this.#index.packOf(entry)] ?? '';
    const from = offset - (offset % windowLength);
    if (offset + length > (this.#sizes.get(pack) ?? 0)) return undefined;
    const window = await this.#window(pack, from, offset + length);
    const sealed = window?.subarray(offset - from, offset - from + length);
    if (sealed?.length !== length) return undefined;
    const opened = this.#opener.open(sealed, id, uncompressedLength);
    if ('damage' in opened) return undefined;
    this.#whole[entry] = 1;
    return opened.plaintext;
  }

  /** From a place in a pack, to beyond another. */
  async #window(pack: string, from: number, to: number): Promise<Buffer | undefined> {
    const key = `${pack}:${from}`;
    const known = this.#windows.get(key);
    if (known !== undefined && from + known.length >= to) {
      this.#windows.delete(key);
      this.#windows.set(key, known);
      return known;
    }
    const length = Math.max(Math.min(windowLength, (this.#sizes.get(pack) ?? 0) - from), to - from);
    const window = await this.#load(pack, from, length);
    // A blob that is longer than a window is not worth keeping.
    if (window === undefined || length > windowLength) return window;
    this.#windows.set(key, window);
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= mostWindows) break;
      this.#windows.delete(oldest);
    }
    return window;
  }

  /** Undefined where so much is not there any more. */
  async #load(pack: string, offset: number, length: number): Promise<Buffer | undefined> {
    try {
      return await this.#backend.load({ kind: 'pack', name: pack }, { offset, length });
    } catch (error) {
      if (isStillpointError(error, 'repository-damaged')) return undefined;
      throw error;
    }
  }
}
