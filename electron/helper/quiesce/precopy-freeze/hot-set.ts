import { closeSync } from 'node:fs';
import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import { statxDescriptor } from '../../system/statx.ts';
import type { StillContent } from '../contract.ts';
import type { HotFile, HotFileProblem, HotFiles, HotFileWatch } from '../hot-files/contract.ts';
import type { PictureFile } from '../picture/contract.ts';
import type { ChangeTracker, HandleKey } from '../tracking/contract.ts';
import { treeEntry } from './looker.ts';

/** Told of a file that cannot be taken so: where it is, and why, for people. */
export type Refused = (key: HandleKey, where: string, reason: string) => void;

/** Files of one hold that are taken by copy-before-write. */
export class HotSet implements AsyncDisposable {
  readonly #hotFiles: HotFiles;
  readonly #held = new Map<HandleKey, HotFile>();
  readonly #open: number[] = [];
  readonly #refused: Refused;

  private constructor(hotFiles: HotFiles, refused: Refused) {
    this.#hotFiles = hotFiles;
    this.#refused = refused;
  }

  /** Takes as many of these as can be taken so, and tells of the others. Before the freeze. */
  static async prepare(
    watch: HotFileWatch,
    files: readonly PictureFile[],
    { openTree }: { readonly openTree: () => OpenTree },
    tree: OpenTree,
    tracker: Pick<ChangeTracker, 'keyOf'>,
    signal: AbortSignal,
    refused: Refused,
  ): Promise<HotSet> {
    const set = new HotSet(watch.newHotFiles(), refused);
    try {
      for (const file of files) set.#add(file, watch, openTree, tree, tracker);
      if (set.#held.size > 0) set.#drop(await set.#hotFiles.prepare([...set.#held.values()], signal));
      return set;
    } catch (error) {
      await set[Symbol.asyncDispose]();
      throw error;
    }
  }

  #add(
    file: PictureFile,
    watch: HotFileWatch,
    openTree: () => OpenTree,
    tree: OpenTree,
    tracker: Pick<ChangeTracker, 'keyOf'>,
  ): void {
    const path = file.path();
    if (path === null) return;
    const entry = treeEntry(path, file.meta);
    let fd: number;
    try {
      fd = tree.openFile(entry);
    } catch {
      // It is read inside like any other, or named as unreadable there.
      return;
    }
    const { deviceId, inode, size } = statxDescriptor(fd);
    const hot: HotFile = { where: tree.describe(path), fd, deviceId, inode, size };
    this.#open.push(fd);
    if (tracker.keyOf(fd) !== file.key) return;
    const obstacle = this.#hotFiles.obstacle(hot);
    if (obstacle === null) {
      this.#held.set(file.key, hot);
      return;
    }
    this.#refused(file.key, hot.where, obstacle);
    // Another run may be able to.
    watch.expect({ ...hot, open: () => openedAnew(openTree, entry) });
  }

  get size(): number {
    return this.#held.size;
  }

  has(key: HandleKey): boolean {
    return this.#held.has(key);
  }

  /** While frozen: begins, and gives the contents as they are now, good until this is disposed of. */
  hold(): ReadonlyMap<HandleKey, StillContent> {
    if (this.#held.size > 0) this.#forget(this.#hotFiles.hold());
    const found = new Map<HandleKey, StillContent>();
    for (const [key, hot] of this.#held)
      found.set(key, {
        base: null,
        // Asked only when it is read: that is after the thaw.
        readInto: (sink, signal) => this.#hotFiles.content(hot).readInto(sink, signal),
      });
    return found;
  }

  #drop(problems: readonly HotFileProblem[]): void {
    for (const { file, reason } of problems)
      for (const [key, hot] of this.#held) if (hot === file) this.#refused(key, hot.where, reason);
    this.#forget(problems);
  }

  #forget(problems: readonly HotFileProblem[]): void {
    for (const { file } of problems) for (const [key, hot] of this.#held) if (hot === file) this.#held.delete(key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#held.clear();
    try {
      await this.#hotFiles[Symbol.asyncDispose]();
    } finally {
      for (const fd of this.#open.splice(0)) closeSync(fd);
    }
  }
}

/** Between runs: nothing of the source stays open. */
function openedAnew(openTree: () => OpenTree, entry: TreeEntry): number {
  const tree = openTree();
  try {
    return tree.openFile(entry);
  } finally {
    tree.close();
  }
}
