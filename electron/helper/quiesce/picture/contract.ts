import type { EntryMeta, StillEntry, StillView, TakenContent } from '../contract.ts';
import type { ChangeListener, HandleKey } from '../tracking/contract.ts';

/** What one look at an entry showed. */
export interface Look {
  readonly key: HandleKey;
  readonly meta: EntryMeta;
  /** Its key is `standInKey` of where it stands: what is mounted there is not touched, and may have a key of ours. */
  readonly isStandIn: boolean;
}

/** A name in a directory, and what it leads to. Everything named has been looked at. */
export interface NamedLook {
  readonly name: Buffer;
  readonly look: Look;
}

/** Where the content of a regular file comes from. */
export type PictureContent =
  /** Not read yet, or changed since. */
  | { readonly state: 'wanted' }
  /** As in the version this run counts from. */
  | { readonly state: 'same' }
  /** Stored ahead, live. `flushedNs`: start of the last flush that was complete before the reading began; null: none. */
  | {
      readonly state: 'taken';
      readonly content: TakenContent;
      readonly meta: EntryMeta;
      readonly readFromNs: bigint;
      readonly flushedNs: bigint | null;
    }
  /** Read while frozen; kept by whoever read it. */
  | { readonly state: 'inside'; readonly read: StillEntry['content']; readonly meta: EntryMeta }
  | { readonly state: 'unreadable'; readonly reason: string };

/** One inode. Names, if it has several, share it. */
export interface PictureFile {
  readonly key: HandleKey;
  readonly meta: EntryMeta;
  readonly content: PictureContent;
  /** Relative to the root, names joined by `/`, by the first name known; null while no name leads to it. */
  path(): Buffer | null;
}

/** The root and all below it. Stand-ins are directories; an inode counts once for each name that leads to it. */
export interface PictureCounts {
  readonly files: number;
  readonly directories: number;
  readonly others: number;
  readonly bytes: number;
}

/** A point to which a later run can refer: what changed after it is known as long as the picture lives. */
export interface PictureVersion {
  readonly id: string;
  /** Start of the flush that was complete before its still point, wall clock, ns; null where there was none. */
  readonly flushedNs: bigint | null;
}

/**
 * A source's tree as last looked at, and which parts of it may differ from that now. Holds no descriptor and makes no
 * system call. Being a `ChangeListener` it marks what changed; whoever looks again clears a mark *before* the look, so that a
 * change during it marks anew. Whoever looks by a path compares the key of what is there: where it is another, or nothing,
 * the look says nothing of the key that was asked for, and that one is marked again (`names`, `metadata`, `content`).
 *
 * Everything is by inode: a directory that is moved within the source keeps its content, one that is moved in is unknown
 * and has to be looked at in full.
 */
export interface Picture extends ChangeListener {
  /** Also marks the look: a write changes size and times. The same holds for `names`. */
  content(key: HandleKey): void;
  readonly rootKey: HandleKey;
  /** False until the first full walk ended, and after each doubt until the next one. */
  readonly isComplete: boolean;
  /** Since the last run that ended with a complete picture. */
  readonly doubts: readonly string[];
  /** Events so far that were of something in it. */
  readonly told: number;
  /**
   * All is unknown from now on; a full walk follows: every directory becomes one of `directoriesToList`, whatever was marked
   * counts as told. What the walk finds equal keeps its versions. No look that began before this may be set after it.
   */
  beginWalk(): void;
  /**
   * The walk is over when nothing is left to list, and the tracker was drained since. Returns how many entries were found
   * different that no event told of: where no doubt came before the walk, a defect of the tracking.
   */
  endWalk(): number;

  /**
   * Result of listing a directory again: replaces its names, and counts as a look at each of them. Unknown directories among
   * them become `directoriesToList`. Not `isWhole`: some of it could not be read or looked at; it is never `sameAs`, and the
   * next run lists it again.
   */
  setNames(directory: HandleKey, entries: readonly NamedLook[], isWhole?: boolean): void;
  /** Result of looking at one inode again. */
  setLook(look: Look): void;
  setContent(key: HandleKey, content: PictureContent): void;
  clearNamesMark(directory: HandleKey): void;
  clearLookMark(key: HandleKey): void;
  clearContentMark(key: HandleKey): void;

  /** Reachable directories whose names may differ, nearest to the root first, with the path they have now. */
  directoriesToList(): { readonly key: HandleKey; readonly path: Buffer; readonly meta: EntryMeta }[];
  /** How many names a directory had when it was last listed; 0 where that is not known. */
  namesIn(directory: HandleKey): number;
  /** Reachable inodes of any type whose metadata may differ, directories included. */
  entriesToLookAt(): { readonly key: HandleKey; readonly path: Buffer; readonly meta: EntryMeta }[];
  /** Reachable regular files whose content is wanted. */
  filesToRead(): PictureFile[];
  file(key: HandleKey): PictureFile | undefined;
  /** By inode number, for what only numbers are known of. Several only after a number was used again. */
  keysOfInode(inode: bigint): readonly HandleKey[];
  /** Something else than events may tell what changed, from now on: what `recheck` marks is judged by the last version. */
  beginRecheck(): void;
  /**
   * What has this number may have changed untold: it is looked at, listed, and its content believed only as after a walk.
   * Returns how many there are.
   */
  recheck(inode: bigint): number;
  /** Whether there is nothing to list, to look at or to read; cheap. */
  readonly isClean: boolean;
  readonly counts: PictureCounts;

  /**
   * Makes a run count from an earlier version, or from nothing (null, or a version not known any more: everything read
   * anew). Sets each file's content to `same` or `wanted` accordingly; returns what it counts from now.
   */
  countFrom(version: string | null): PictureVersion | null;
  /**
   * A new version: all as it is now. To be called within the hold, after everything marked was looked at: throws unless
   * `isComplete` and `isClean`. Marks and doubts that come later do not change the view.
   */
  markVersion(flushedNs: bigint | null): PictureVersion;
  /** The picture as a view; every file has a content by then. `countFrom`'s version becomes `sameAs`. */
  view(parts: { readonly ancestors: StillView['ancestors']; readonly rootName: Buffer; readonly fsType: string }): {
    readonly root: StillEntry;
  };
  /** Lets go of what only the run needed: contents. */
  endRun(): void;
}
