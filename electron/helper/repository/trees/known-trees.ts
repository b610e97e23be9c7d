import type { BlobId } from '../../../../shared/domain/ids.ts';
import type { Tree } from '../format/tree.ts';
import { TreeText } from '../format/tree-text.ts';
import { type Folder, Folders } from './folders.ts';
import { TreeCache } from './tree-cache.ts';
import { TreeTexts } from './tree-texts.ts';

/** Gives a stored directory, its hash verified. */
export type LoadTreeBlob = (id: BlobId) => Promise<Buffer>;

/** Directories of an open repository that were looked at lately, in each of the forms in which they are asked for. */
export class KnownTrees {
  readonly #trees = new TreeCache();
  readonly #texts = new TreeTexts();
  readonly #folders = new Folders();

  load(id: BlobId, loadBlob: LoadTreeBlob): Promise<Tree> {
    return this.#trees.load(id, loadBlob);
  }

  /** To be looked at in part: of a large one only what is shown is decoded. */
  openFolder(id: BlobId, loadBlob: LoadTreeBlob): Promise<Folder> {
    return this.#folders.load(id, loadBlob);
  }

  /** To be stored again with a few nodes changed; undefined where it is not written as ours are. */
  async openText(id: BlobId, loadBlob: LoadTreeBlob): Promise<TreeText | undefined> {
    return this.#texts.find(id) ?? TreeText.of(id, await loadBlob(id));
  }

  /** What was stored in place of another. */
  keepText(text: TreeText, before: TreeText): void {
    this.#texts.forget(before.id);
    this.#texts.keep(text);
  }

  clear(): void {
    this.#trees.clear();
    this.#texts.clear();
    this.#folders.clear();
  }
}
