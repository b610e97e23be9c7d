import type { BlobId } from '../../../shared/domain/ids.ts';

/** A run of one source counts from the newest version alone; far more sources than anybody has. */
const mostRemembered = 256;

/**
 * The root tree that a run of this helper published for each version of a source. Others may make another snapshot of
 * one of ours, with the same evidence and less in it (`restic rewrite`): only of the very tree is it known what it holds.
 * Pictures live no longer than the helper, so nothing needs to be remembered longer.
 */
export class PublishedTrees {
  readonly #trees = new Map<string, BlobId>();

  /** To be called once the snapshot is in the repository, and was read there. */
  remember(version: string, tree: BlobId): void {
    this.#trees.delete(version);
    this.#trees.set(version, tree);
    const [oldest] = this.#trees.keys();
    if (this.#trees.size > mostRemembered && oldest !== undefined) this.#trees.delete(oldest);
  }

  isOf(version: string, tree: BlobId): boolean {
    return this.#trees.get(version) === tree;
  }
}
