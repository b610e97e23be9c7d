import { closeSync } from 'node:fs';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import { statxDescriptor } from '../../system/statx.ts';
import { wallClockNs } from '../ctime/granularity.ts';
import { keepContent, stillContentOf } from '../holding/kept-content.ts';
import { Spool } from '../holding/spool.ts';
import type { TimeBudget } from '../holding/time-budget.ts';
import type { Picture, PictureContent, PictureFile } from '../picture/contract.ts';
import type { ChangeTracker, HandleKey } from '../tracking/contract.ts';
import { entryMeta } from '../view/entry-meta.ts';
import { treeEntry } from './looker.ts';

/** More are opened anew inside. */
const mostOpen = 256;

export type ReadLive = Extract<PictureContent, { state: 'taken' }>;

/** What was read into memory right before a freeze, as it is to be judged in it: read live, like what is stored ahead. */
export type ReadIntoMemory = ReadonlyMap<HandleKey, ReadLive>;

/**
 * The last pass before a freeze: what has changed while everything was made durable is read into memory, where it stays. It
 * takes milliseconds, so that little can change after it; what does is marked, and read once more inside.
 */
export class MemoryPass {
  readonly #tree: OpenTree;
  readonly #tracker: Pick<ChangeTracker, 'keyOf'>;
  readonly #picture: Picture;
  readonly #read = new Map<HandleKey, ReadLive>();
  /** What was read and is likely to be looked at, or read, inside: there it need not be looked for again. */
  readonly #open = new Map<HandleKey, number>();

  constructor(tree: OpenTree, tracker: Pick<ChangeTracker, 'keyOf'>, picture: Picture) {
    this.#tree = tree;
    this.#tracker = tracker;
    this.#picture = picture;
  }

  get read(): ReadIntoMemory {
    return this.#read;
  }

  /** A spool with room for so much. Another than before only while nothing of this is in that. */
  roomFor(memoryBytes: number, before: Spool | undefined): Spool {
    if (before !== undefined && (before.memoryBytes >= memoryBytes || this.#read.size > 0)) return before;
    before?.[Symbol.dispose]();
    return new Spool({ memoryBytes, scratchBytes: 0, scratchDirectory: '' });
  }

  /** Reads these files, as long as they fit. Throws as `TimeBudget` and `Spool` do; what was not read stays marked. */
  take(files: readonly PictureFile[], spool: Spool, budget: TimeBudget, flushedNs: bigint | null): void {
    for (const file of files) this.#take(file, spool, budget, flushedNs);
  }

  #take({ key, meta, path }: PictureFile, spool: Spool, budget: TimeBudget, flushedNs: bigint | null): void {
    const where = path();
    if (where === null) return;
    this.#picture.clearContentMark(key);
    let isDone = false;
    try {
      isDone = this.#keep(key, where, meta, spool, budget, flushedNs);
    } finally {
      if (!isDone) this.#picture.content(key);
    }
  }

  #keep(
    key: HandleKey,
    path: Buffer,
    meta: PictureFile['meta'],
    spool: Spool,
    budget: TimeBudget,
    flushedNs: bigint | null,
  ): boolean {
    const readFromNs = wallClockNs();
    const fd = this.#opened(key, path, meta);
    if (fd === undefined) return false;
    try {
      const stat = statxDescriptor(fd);
      const kept = keepContent(fd, stat, spool, budget);
      if (kept.state === 'unreadable') return false;
      const read = entryMeta(stat, { linkTarget: null, xattrs: meta.xattrs });
      this.#picture.setContent(key, { state: 'inside', read: stillContentOf(kept, read, spool), meta: read });
      this.#read.set(key, {
        state: 'taken',
        content: { length: Number(stat.size) },
        meta: read,
        readFromNs,
        flushedNs,
      });
      return true;
    } finally {
      if (this.#open.get(key) !== fd) closeSync(fd);
    }
  }

  /** Undefined when it is gone or closed to us: that shows again inside, where it counts. */
  #opened(key: HandleKey, path: Buffer, meta: PictureFile['meta']): number | undefined {
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    let fd: number;
    try {
      fd = this.#tree.openFile(treeEntry(path, meta));
    } catch {
      return undefined;
    }
    if (this.#tracker.keyOf(fd) !== key) {
      closeSync(fd);
      return undefined;
    }
    if (this.#open.size < mostOpen) this.#open.set(key, fd);
    return fd;
  }

  /** A file of these that is still open; it stays so until `closeFiles`, after the thaw. */
  descriptorOf(key: HandleKey): number | undefined {
    return this.#open.get(key);
  }

  /** One that was opened inside. */
  keepOpen(key: HandleKey, fd: number): void {
    this.#open.set(key, fd);
  }

  closeFiles(): void {
    for (const fd of this.#open.values()) closeSync(fd);
    this.#open.clear();
  }

  /** What was read counts for nothing any more. */
  forget(): void {
    this.closeFiles();
    for (const key of this.#read.keys()) this.#picture.content(key);
    this.#read.clear();
  }
}
