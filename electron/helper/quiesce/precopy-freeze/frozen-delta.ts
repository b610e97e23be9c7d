import { StillpointError } from '../../../../shared/errors/index.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import { statxDescriptor } from '../../system/statx.ts';
import type { probeWriters } from '../../system/writer-probe.ts';
import type { StillContent } from '../contract.ts';
import { answeredOpens } from '../holding/answered-opens.ts';
import { keepContent, keptBytes, stillContentOf } from '../holding/kept-content.ts';
import type { Spool } from '../holding/spool.ts';
import type { TimeBudget } from '../holding/time-budget.ts';
import type { Picture, PictureFile, PictureVersion } from '../picture/contract.ts';
import type { ChangeTracker, HandleKey } from '../tracking/contract.ts';
import { entryMeta } from '../view/entry-meta.ts';
import { refusalOf } from './live-contents.ts';
import { type Looker, treeEntry } from './looker.ts';
import type { MemoryPass, ReadIntoMemory } from './memory-pass.ts';
import type { OpenedFiles } from './opened-since.ts';
import { isSettled, type WriterSight } from './settled.ts';

/** What the work between freeze and thaw is made of. Tests take single steps away. */
export interface InsideSteps {
  /** Takes in everything that was told up to now. */
  readonly drain: (tracker: ChangeTracker) => number;
  /** Whether anybody can still write to an open file. */
  readonly probe: typeof probeWriters;
  /** Whether every inode that is open for writing is looked at again. */
  readonly restats: boolean;
}

export interface FrozenDeltaParts {
  readonly tree: OpenTree;
  readonly tracker: ChangeTracker;
  readonly picture: Picture;
  readonly looker: Looker;
  readonly spool: Spool;
  readonly steps: InsideSteps;
  /** Files somebody has open for writing, and how they may change. */
  readonly openFiles: ReadonlyMap<HandleKey, WriterSight>;
  /** Files opened, in whatever mode, since the last look for who has files open began. */
  readonly openedMeanwhile: () => OpenedFiles;
  /** Of these, what was opened before anything was read into memory: by others. */
  readonly openedBefore: ReadonlySet<HandleKey>;
  /** Read into memory right before the freeze; the picture has its content. */
  readonly readBefore: ReadIntoMemory;
  /** Files that are open, and closed after the thaw. */
  readonly opened: Pick<MemoryPass, 'descriptorOf' | 'keepOpen'>;
  /** What the picture counts from. */
  readonly base: PictureVersion | null;
  /** Whether everybody who can write here is known to the writer probe. */
  readonly probeSees: boolean;
  /** A program is asked before anything is opened, so nothing may be. */
  readonly isAnswered: boolean;
  /** Begins copy-before-write, and gives the contents taken so; those files are not read here. */
  readonly holdHotFiles: () => ReadonlyMap<HandleKey, StillContent>;
}

export interface TakenDelta {
  readonly version: PictureVersion;
  readonly folders: number;
  readonly files: number;
  readonly bytes: number;
  /** Everything that was looked at again while nobody could write. */
  readonly looked: ReadonlySet<HandleKey>;
  /** Of that, what was read then, too. */
  readonly readInside: ReadonlySet<HandleKey>;
}

/** Nothing changes while frozen: what is not clean after so many rounds contradicts itself. */
const mostRounds = 64;

/**
 * Brings a picture up to the still point, while writers are held: takes in what was told, lists and looks at what is
 * marked, looks again at every file that is open for writing, and reads what differs into memory. Synchronous; waits for
 * nobody, tells nothing, and leaves every file it opens open until after the thaw.
 */
export class FrozenDelta {
  readonly #parts: FrozenDeltaParts;
  readonly #budget: TimeBudget;
  readonly #looked = new Set<HandleKey>();
  readonly #read = new Set<HandleKey>();
  #held: ReadonlyMap<HandleKey, StillContent> = new Map();
  #folders = 0;
  #files = 0;
  #bytes = 0;

  constructor(parts: FrozenDeltaParts, budget: TimeBudget) {
    this.#parts = parts;
    this.#budget = budget;
  }

  /** `flushedNs`: start of the freeze, which flushed everything, less what the clock of ctimes may be behind. */
  take(flushedNs: bigint): TakenDelta {
    return this.#parts.looker.together(() => this.#take(flushedNs));
  }

  #take(flushedNs: bigint): TakenDelta {
    const { picture, tracker, steps } = this.#parts;
    let hasLookedAgain = !steps.restats;
    this.#held = this.#parts.holdHotFiles();
    for (const key of this.#held.keys()) picture.content(key);
    for (let round = 0; round < mostRounds; round += 1) {
      steps.drain(tracker);
      this.#requireComplete();
      this.#lookAtMarked();
      if (!hasLookedAgain) {
        hasLookedAgain = true;
        this.#lookAtOpenFiles();
        continue;
      }
      for (const file of picture.filesToRead()) this.#readFile(file);
      if (picture.isClean && steps.drain(tracker) === 0) {
        this.#requireComplete();
        return this.#result(picture.markVersion(flushedNs));
      }
    }
    throw contradiction();
  }

  /** After a hold that did not stand, or whose view is not used: what was read in it counts for nothing. */
  forget(): void {
    for (const key of this.#read) this.#parts.picture.content(key);
  }

  #result(version: PictureVersion): TakenDelta {
    const counted = { folders: this.#folders, files: this.#files, bytes: this.#bytes };
    return { version, ...counted, looked: this.#looked, readInside: this.#read };
  }

  #requireComplete(): void {
    const { picture } = this.#parts;
    if (!picture.isComplete) throw gapInside(picture.doubts.at(-1) ?? '');
  }

  #requireUnanswered(): void {
    if (this.#parts.isAnswered) throw answeredOpens('something changed right before the pause.');
  }

  #lookAtMarked(): void {
    const { picture, looker } = this.#parts;
    for (let round = 0; round < mostRounds; round += 1) {
      const folders = picture.directoriesToList();
      for (const folder of folders) {
        this.#budget.didEntry();
        this.#requireUnanswered();
        if (looker.list(folder, () => this.#budget.didEntry())) this.#folders += 1;
      }
      const entries = picture.entriesToLookAt();
      for (const entry of entries) this.#lookAt(entry);
      if (folders.length === 0 && entries.length === 0) return;
      this.#requireComplete();
    }
    throw contradiction();
  }

  #lookAt(entry: Parameters<Looker['look']>[0]): void {
    this.#budget.didEntry();
    if (this.#parts.looker.look(entry)) this.#looked.add(entry.key);
  }

  /**
   * A write by io_uring may be told later than it was made, and a store into a mapping is never told: whoever has a file
   * open could have made one. Nobody looked at how it is open what was opened meanwhile. What was stored ahead was read
   * before that, so any write by it moved the ctime since; what is in memory was read after it.
   */
  #lookAtOpenFiles(): void {
    const { openFiles, openedBefore, openedMeanwhile, readBefore } = this.#parts;
    for (const key of new Set([...openFiles.keys(), ...readBefore.keys(), ...openedBefore, ...openedMeanwhile().all])) {
      const isUnknown = readBefore.has(key) && openedBefore.has(key);
      this.#lookAtOpenFile(key, isUnknown ? 'later' : (openFiles.get(key) ?? 'mapped'));
    }
  }

  #lookAtOpenFile(key: HandleKey, sight: WriterSight): void {
    const { picture, looker, base, readBefore } = this.#parts;
    const file = picture.file(key);
    const path = file?.path() ?? null;
    if (file === undefined || path === null || this.#read.has(key)) return;
    this.#budget.didEntry();
    this.#looked.add(key);
    const fd = this.#parts.opened.descriptorOf(key);
    const ctimeNs = fd === undefined ? looker.ctimeOf(key, path) : statxDescriptor(fd).ctimeNs;
    // What is read into memory before the freeze counts as read inside only if nobody could have changed it since.
    const inMemory = file.content.state === 'inside' ? readBefore.get(key) : undefined;
    const content = inMemory ?? file.content;
    const isSame = ctimeNs === file.meta.ctimeNs;
    if (isSame && isSettled(sight, { meta: { ctimeNs }, content, base, isReadAfterLook: inMemory !== undefined }))
      return;
    if (!isSame || fd === undefined || !this.#isClosedToWriters(fd)) picture.content(key);
  }

  /**
   * Nobody can write to it any more, so whoever could has closed it: since it was read, then that was told (it is drained
   * once more after this), or before, and what was read has all of it. The count that is asked goes down after the telling.
   */
  #isClosedToWriters(fd: number): boolean {
    return this.#parts.probeSees && this.#parts.steps.probe(fd) === 'none';
  }

  #readFile(file: PictureFile): void {
    const { picture, spool } = this.#parts;
    const { key, meta } = file;
    const path = file.path();
    if (path === null) return;
    picture.clearContentMark(key);
    const held = this.#held.get(key);
    if (held !== undefined) {
      this.#keep(key, { state: 'inside', read: held, meta });
      return;
    }
    const fd = this.#parts.opened.descriptorOf(key) ?? this.#open(key, path, meta);
    if (fd === undefined) return;
    const stat = statxDescriptor(fd);
    const content = keepContent(fd, stat, spool, this.#budget);
    this.#files += 1;
    this.#bytes += keptBytes(content);
    const read = entryMeta(stat, { linkTarget: null, xattrs: meta.xattrs });
    if (content.state === 'unreadable') this.#keep(key, content);
    else this.#keep(key, { state: 'inside', read: stillContentOf(content, read, spool), meta: read });
  }

  #open(key: HandleKey, path: Buffer, meta: PictureFile['meta']): number | undefined {
    const { tree, tracker, opened } = this.#parts;
    this.#requireUnanswered();
    let fd: number;
    try {
      fd = tree.openFile(treeEntry(path, meta));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.state === 'vanished') throw contradiction(error);
      this.#keep(key, refusal);
      return undefined;
    }
    opened.keepOpen(key, fd);
    if (tracker.keyOf(fd) !== key) throw contradiction();
    return fd;
  }

  #keep(key: HandleKey, content: Parameters<Picture['setContent']>[1]): void {
    this.#parts.picture.setContent(key, content);
    this.#read.add(key);
    this.#looked.add(key);
  }
}

/** Everybody who could change it is held, and it does not add up: our picture of it is wrong somewhere. */
function contradiction(cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'freeze-ended-early',
    message: 'What was found while nobody could write does not fit what had been told of changes.',
    guidance: 'This attempt is dropped, and everything is looked at anew.',
    retryable: true,
    context: { again: 'walk' },
    cause,
  });
}

function gapInside(reason: string): StillpointError {
  return new StillpointError({
    kind: 'freeze-ended-early',
    message: `Changes may have been missed right before the pause: ${reason}`,
    guidance: 'This attempt is dropped, and everything is looked at anew.',
    retryable: true,
    context: { again: 'walk' },
  });
}
