import { Breather } from '../breather.ts';
import type { Documents } from '../documents.ts';
import { addAll } from './add-index.ts';
import { BlobIndex } from './blob-index.ts';
import { CompleteTrees } from './complete-trees.ts';
import { decodeIndex } from './decode-index.ts';
import type { LoadIndexOptions } from './load-index.ts';
import { ColumnsMemory } from './parse-index.ts';
import type { Replacements } from './superseded-files.ts';

/**
 * The index in memory, and the files that it was read from. An index file never changes: its name is the hash of its bytes.
 * So as long as every file that was read is still listed, reading all of them again would give the same, and only files
 * that are new need reading. Whoever deletes a pack first removes each index file that lists it (restic's prune and
 * `maintenance/reclaim.ts` both do): as long as no file is gone, nothing that is in here was given back.
 */
export class LoadedIndex {
  readonly blobs: BlobIndex;
  /** Trees known to be whole: what is added to the index takes nothing away from them. */
  readonly completeTrees: CompleteTrees;
  /** Every file there was, those that are replaced included: length in bytes by name. */
  readonly #files: Map<string, number>;
  /** Files that another one replaces, there or not. */
  readonly #replaced: Set<string>;
  /** A file was taken in by half: nobody would notice when that is gone. */
  #isTorn = false;

  constructor(blobs = new BlobIndex(), files = new Map<string, number>(), replacements: Replacements = new Map()) {
    this.blobs = blobs;
    this.completeTrees = new CompleteTrees(blobs);
    this.#files = files;
    this.#replaced = new Set([...replacements.values()].flat());
  }

  /**
   * Takes in the files that are new. False when that is not enough, because a file is gone, differs in length or is replaced
   * by another: then everything is to be read anew.
   */
  async catchUp(documents: Documents, { signal, onProgress }: LoadIndexOptions = {}): Promise<boolean> {
    if (this.#isTorn) return false;
    const listed = new Map((await documents.list('index')).map(({ name, size }) => [name, size]));
    for (const [name, size] of this.#files) if (listed.get(name) !== size) return false;
    const added = [...listed].filter(([name]) => !this.#files.has(name));
    const breather = new Breather();
    for (const [done, [name, size]] of added.entries()) {
      onProgress?.({ done, total: added.length });
      await breather.breathe(signal);
      if (this.#replaced.has(name)) return false;
      const sealed = await documents.loadSealed('index', name);
      if (sealed === undefined) return false;
      const file = await decodeIndex(documents.open('index', name, sealed), new ColumnsMemory(), breather, signal);
      if (file.supersedes.some((other) => listed.has(other))) return false;
      for (const other of file.supersedes) this.#replaced.add(other);
      this.#isTorn = true;
      await addAll(this.blobs, file, breather, signal);
      this.#isTorn = false;
      this.#files.set(name, size);
    }
    onProgress?.({ done: added.length, total: added.length });
    return true;
  }

  /** A file that this process has just made durable, its blobs already added: what it says need not be read back. */
  wrote(name: string, size: number): void {
    this.#files.set(name, size);
  }
}
