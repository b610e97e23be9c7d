import type { PlaceProbe } from '../../../shared/domain/repository.ts';

/** What somebody wants from a place: a new repository there, or the one that is there already. */
export type PlaceWish = 'create' | 'adopt';

export interface PlaceVerdict {
  /** Key below `place.` of the sentence that says what was found. */
  readonly words:
    | 'createNew'
    | 'createEmpty'
    | 'createRepository'
    | 'createOccupied'
    | 'adoptRepository'
    | 'adoptNew'
    | 'adoptEmpty'
    | 'adoptOccupied'
    | 'notWritable'
    | 'unreachable';
  readonly tone: 'good' | 'note' | 'bad';
  readonly usable: boolean;
  /** What would lead on instead, as a button. */
  readonly instead: 'adopt' | 'create' | 'subfolder' | null;
}

/** Puts what a probe found into a verdict on the wish. A repository that is there is never built over. */
export function judgePlace(probe: PlaceProbe, wish: PlaceWish): PlaceVerdict {
  switch (probe.state) {
    case 'unreachable':
      return { words: 'unreachable', tone: 'bad', usable: false, instead: null };
    case 'not-writable':
      return probe.repositoryId !== null && wish === 'adopt'
        ? { words: 'adoptRepository', tone: 'good', usable: true, instead: null }
        : { words: 'notWritable', tone: 'bad', usable: false, instead: null };
    case 'repository':
      return wish === 'adopt'
        ? { words: 'adoptRepository', tone: 'good', usable: true, instead: null }
        : { words: 'createRepository', tone: 'note', usable: false, instead: 'adopt' };
    case 'new':
      return wish === 'create'
        ? { words: 'createNew', tone: 'good', usable: true, instead: null }
        : { words: 'adoptNew', tone: 'bad', usable: false, instead: 'create' };
    case 'empty':
      return wish === 'create'
        ? { words: 'createEmpty', tone: 'good', usable: true, instead: null }
        : { words: 'adoptEmpty', tone: 'bad', usable: false, instead: 'create' };
    case 'occupied':
      return wish === 'create'
        ? { words: 'createOccupied', tone: 'note', usable: false, instead: 'subfolder' }
        : { words: 'adoptOccupied', tone: 'bad', usable: false, instead: null };
  }
}

/** The folder suggested for a repository on a disk or inside an occupied folder. */
export function suggestedFolder(parent: string): string {
  return `${parent.replace(/\/+$/, '')}/Stillpoint`;
}

/**
 * True only where source and repository are known to be on one filesystem, by its mount point. Two partitions of one
 * disk cannot be told apart from here; once it is registered, the repository's own status knows.
 */
export function onSameFilesystem(probe: PlaceProbe, source: { readonly mountPoint: string }): boolean {
  return probe.filesystem.endsWith(` at ${source.mountPoint}`) && !probe.removable;
}
