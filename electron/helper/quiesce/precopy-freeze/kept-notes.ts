import type { PathNote } from '../../../../shared/domain/evidence.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import type { Picture } from '../picture/contract.ts';
import type { HandleKey } from '../tracking/contract.ts';

/** What presets and rules leave out is counted by whole walks, and told with how many it was. */
const counted = /: \d+ (folders?|files?)\b/;

const swapReason = 'In use as swap.';

/**
 * What was left out, kept with a picture: a run that looks only at what changed does not come by the rest again. What could
 * not be read is looked at again by every run, and needs no keeping.
 */
export class KeptNotes {
  #byPath = new Map<string, string>();
  readonly #swapFolders = new Set<HandleKey>();
  /** The last run found little that is open for writing and would have to be read while writers wait. */
  foundLittleOpen = false;

  /** Everything was walked with this tree: what was known before is old. */
  walked(tree: Pick<OpenTree, 'leftOut'>): void {
    const swap = [...this.#byPath].filter(([, reason]) => reason === swapReason);
    this.#byPath = new Map([...tree.leftOut().map(({ path, reason }) => [path, reason] as const), ...swap]);
  }

  /** What was met since, beside what is known. */
  met(tree: Pick<OpenTree, 'leftOut'>): void {
    for (const { path, reason } of tree.leftOut()) if (!counted.test(reason)) this.#byPath.set(path, reason);
  }

  leaveOutSwap(path: string, folder: HandleKey): void {
    this.#byPath.set(path, swapReason);
    this.#swapFolders.add(folder);
  }

  /** Folders in which a swap file was left out. Nobody tells when it is a file like any other again. */
  takeSwapFolders(): readonly HandleKey[] {
    for (const [path, reason] of this.#byPath) if (reason === swapReason) this.#byPath.delete(path);
    const folders = [...this.#swapFolders];
    this.#swapFolders.clear();
    return folders;
  }

  all(): readonly PathNote[] {
    return Array.from(this.#byPath, ([path, reason]) => ({ path, reason }));
  }
}

const byPicture = new WeakMap<Picture, KeptNotes>();

export function notesOf(picture: Picture): KeptNotes {
  const notes = byPicture.get(picture) ?? new KeptNotes();
  byPicture.set(picture, notes);
  return notes;
}
