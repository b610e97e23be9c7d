import type { BlobId } from '../../../../shared/domain/ids.ts';
import type { BlobReader } from '../pack/blob-reader.ts';
import { openStored, type StoredBlob, type StoredSource } from './read-stored.ts';

/** Bytes of trees kept: they are looked through first and stored when what they refer to is. */
const budget = 32 * 1024 * 1024;

/** The trees of one group of snapshots. Each is needed twice; those that fit are read once. */
export class SourceTrees {
  readonly #source: StoredSource;
  readonly #reader: BlobReader;
  readonly #kept = new Map<BlobId, StoredBlob>();
  #size = 0;

  constructor(source: StoredSource, reader: BlobReader) {
    this.#source = source;
    this.#reader = reader;
  }

  /** `repository-damaged` when it is whole nowhere. */
  async load(id: BlobId): Promise<StoredBlob> {
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    const blob = await this.#read(id);
    const size = sizeOf(blob);
    if (this.#size + size <= budget) {
      this.#kept.set(id, blob);
      this.#size += size;
    }
    return blob;
  }

  forget(id: BlobId): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    this.#size -= sizeOf(kept);
  }

  async #read(id: BlobId): Promise<StoredBlob> {
    const { backend, index } = this.#source;
    const place = index.find('tree', id);
    if (place !== undefined) {
      const { pack, offset, length, uncompressedLength } = place;
      const sealed = await backend.load({ kind: 'pack', name: pack }, { offset, length }).catch(() => undefined);
      const blob = sealed && openStored(this.#source, sealed, { type: 'tree', id }, uncompressedLength);
      if (blob !== undefined) return blob;
    }
    // Perhaps another pack has it whole; and what is wrong with this one is said there.
    return { type: 'tree', id, plaintext: await this.#reader.load(index, 'tree', id), compressed: undefined };
  }
}

function sizeOf({ plaintext, compressed }: StoredBlob): number {
  return plaintext.length + (compressed?.length ?? 0);
}
