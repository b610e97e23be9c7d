import type { BlobId } from '../../../../shared/domain/ids.ts';
import type { TreeText } from '../format/tree-text.ts';

/** Bytes kept: what 140,000 files take whose folders all change again and again. */
const defaultBudget = 48 * 1024 * 1024;

/**
 * Folders that changed lately as they were stored, since what changed is likely to change again: the next run makes its
 * trees of them. Least recently used go first.
 *
 * They are as good as what would be read again: the id is the hash of the text, computed when it was saved by this process
 * or checked when it was read, and a text is changed by nobody. What it does not tell is whether the repository has the
 * tree, and all below it: whoever asks for a text finds that in the index first (`hasSubtree`), as for one that is read.
 */
export class TreeTexts {
  readonly #budget: number;
  readonly #texts = new Map<BlobId, TreeText>();
  #size = 0;

  constructor(budget: number = defaultBudget) {
    this.#budget = budget;
  }

  find(id: BlobId): TreeText | undefined {
    const text = this.#texts.get(id);
    if (text === undefined) return undefined;
    this.#texts.delete(id);
    this.#texts.set(id, text);
    return text;
  }

  keep(text: TreeText): void {
    if (text.memory > this.#budget / 2 || this.#texts.has(text.id)) return;
    this.#texts.set(text.id, text);
    this.#size += text.memory;
    for (const oldest of this.#texts.keys()) {
      if (this.#size <= this.#budget) return;
      this.forget(oldest);
    }
  }

  /** One in whose place another was stored. */
  forget(id: BlobId): void {
    const text = this.#texts.get(id);
    if (text === undefined) return;
    this.#texts.delete(id);
    this.#size -= text.memory;
  }

  clear(): void {
    this.#texts.clear();
    this.#size = 0;
  }
}
