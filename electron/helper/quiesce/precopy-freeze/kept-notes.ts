import type { PathNote } from '../../../../shared/domain/evidence.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import type { Picture } from '../picture/contract.ts';

/** What presets and rules leave out is counted by whole walks, and told with how many it was. */
const counted = /: \d+ (folders?|files?)\b/;

/**
 * What was left out, kept with a picture: a run that looks only at what changed does not come by the rest again. What could
 * not be read is looked at again by every run, and needs no keeping.
 */
export class KeptNotes {
  #byPath = new Map<string, string>();

  /** Everything was walked with this tree: what was known before is old. */
  walked(tree: Pick<OpenTree, 'leftOut'>): void {
    this.#byPath = new Map(tree.leftOut().map(({ path, reason }) => [path, reason]));
  }

  /** What was met since, beside what is known. */
  met(tree: Pick<OpenTree, 'leftOut'>): void {
    for (const { path, reason } of tree.leftOut()) if (!counted.test(reason)) this.#byPath.set(path, reason);
  }

  leaveOut(path: string, reason: string): void {
    this.#byPath.set(path, reason);
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
