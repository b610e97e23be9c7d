import type { BlobId } from '../../../../shared/domain/ids.ts';
import type { BlobIndex } from './blob-index.ts';

/** Trees found whole in one index, they and everything below: a byte for each blob, however many there are. */
export class CompleteTrees {
  readonly #index: BlobIndex;
  #marks = new Uint8Array(0);

  constructor(index: BlobIndex) {
    this.#index = index;
  }

  has(tree: BlobId): boolean {
    const entry = this.#index.entryOf('tree', tree);
    return entry >= 0 && this.#marks[entry] === 1;
  }

  /** One that is not in the index is not remembered. */
  add(tree: BlobId): void {
    const entry = this.#index.entryOf('tree', tree);
    if (entry < 0) return;
    if (entry >= this.#marks.length) {
      const grown = new Uint8Array(Math.max(this.#index.size, this.#marks.length * 2));
      grown.set(this.#marks);
      this.#marks = grown;
    }
    this.#marks[entry] = 1;
  }
}
