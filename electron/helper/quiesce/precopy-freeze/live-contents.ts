import { closeSync, read } from 'node:fs';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import { pathParts } from '../../sources/filesystem/path-bytes.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import { hasCode } from '../../system/errno.ts';
import { readCached } from '../../system/read-cached.ts';
import { dataExtents } from '../../system/sparse.ts';
import { type Statx, statxDescriptor } from '../../system/statx.ts';
import type { AheadStore, ContentSink, ContentVerdict, StillContent } from '../contract.ts';
import { wallClockNs } from '../ctime/granularity.ts';
import { isReusable } from '../ctime/reusable.ts';
import { BufferPool } from '../live/buffer-pool.ts';
import type { Picture, PictureFile } from '../picture/contract.ts';
import type { ChangeTracker, HandleKey } from '../tracking/contract.ts';
import { entryMeta } from '../view/entry-meta.ts';
import { whyOneUnreadable, whyReadFails } from '../view/unreadable.ts';
import { treeEntry } from './looker.ts';
import type { ReadPace } from './read-pace.ts';
import { hotFrom, type RestlessFiles } from './restless-files.ts';

export interface LiveContentsParts {
  /** Real path of the source. */
  readonly root: Buffer;
  readonly fsType: string;
  readonly tree: OpenTree;
  readonly tracker: Pick<ChangeTracker, 'keyOf'>;
  readonly picture: Picture;
  readonly ahead: AheadStore;
  readonly pace: ReadPace;
  readonly restless: RestlessFiles;
  readonly signal: AbortSignal;
}

const bufferBytes = 1024 * 1024;
/** A large file is looked at again after so much of it: what changed meanwhile need not be read to its end. */
const lookAgainBytes = 16 * 1024 * 1024;
const vanished: ContentVerdict = { state: 'vanished' };

/**
 * Stores contents ahead while everybody writes. A file that changes while it is read is no failure: its event marks it
 * again, and what was read of it is not used. A large one is not read to its end then.
 */
export class LiveContents {
  readonly #parts: LiveContentsParts;
  readonly #buffers = new BufferPool(bufferBytes);
  readonly #rootParts: readonly Buffer[];
  /** Start of the last flush that is complete, less what the clock of ctimes may be behind. */
  flushedNs: bigint | null = null;
  #filesRead = 0;
  #bytesRead = 0;
  readonly #readBefore = new Set<HandleKey>();
  #rereads = 0;

  constructor(parts: LiveContentsParts) {
    this.#parts = parts;
    this.#rootParts = pathParts(parts.root);
  }

  get filesRead(): number {
    return this.#filesRead;
  }

  /** Stored bytes, holes not counted; of files that were given up, too. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Files that were read more than once. */
  get rereads(): number {
    return this.#rereads;
  }

  /** What was read so far is not shown to be unchanged by any flush any more. */
  forgetFlushes(): void {
    const { picture } = this.#parts;
    this.flushedNs = null;
    for (const key of this.#readBefore) {
      const content = picture.file(key)?.content;
      if (content?.state === 'taken') picture.setContent(key, { ...content, flushedNs: null });
    }
  }

  /** Reads all of these, a few at a time. Rejects with what went wrong first, after all that was begun has ended. */
  async takeAll(files: readonly PictureFile[], atOnce: number): Promise<void> {
    const { signal } = this.#parts;
    let next = 0;
    const failures: unknown[] = [];
    const work = async (): Promise<void> => {
      while (failures.length === 0) {
        const file = files[next];
        next += 1;
        if (file === undefined) return;
        try {
          throwIfAborted(signal);
          await this.take(file);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, files.length) }, work));
    if (failures.length > 0) throw failures[0];
  }

  /** Stores one file as it is now. What cannot be found where it was is marked again. */
  async take(file: PictureFile): Promise<void> {
    const { picture, ahead, signal, fsType } = this.#parts;
    const { key } = file;
    // What is known of it now, not when it was listed.
    const now = picture.file(key);
    const path = now?.path() ?? null;
    if (now === undefined || path === null) return;
    const { meta } = now;
    picture.clearContentMark(key);
    let isDone = false;
    const readFromNs = wallClockNs();
    const { flushedNs } = this;
    try {
      const taken = await ahead.take(
        {
          path: [...this.#rootParts, ...pathParts(path)],
          meta,
          reusable: isReusable(fsType, meta),
          content: this.#contentOf(key, path, now),
        },
        signal,
      );
      if (taken.state === 'vanished') return;
      isDone = true;
      this.#count(key);
      if (taken.state === 'unreadable') picture.setContent(key, taken);
      else
        picture.setContent(key, {
          state: 'taken',
          content: taken.content,
          meta: taken.meta,
          readFromNs,
          flushedNs,
        });
    } finally {
      if (!isDone) picture.content(key);
    }
  }

  #count(key: HandleKey): void {
    this.#filesRead += 1;
    if (this.#readBefore.has(key)) this.#rereads += 1;
    this.#readBefore.add(key);
  }

  #contentOf(key: HandleKey, path: Buffer, file: PictureFile): StillContent {
    return {
      base: null,
      readInto: (sink, signal) => this.#readInto(key, path, file, sink, signal),
    };
  }

  async #readInto(
    key: HandleKey,
    path: Buffer,
    { meta }: PictureFile,
    sink: ContentSink,
    signal: AbortSignal,
  ): Promise<ContentVerdict> {
    const { tree, tracker } = this.#parts;
    let fd: number;
    try {
      fd = tree.openFile(treeEntry(path, meta));
    } catch (error) {
      return refusalOf(error);
    }
    try {
      if (tracker.keyOf(fd) !== key) return vanished;
      const before = statxDescriptor(fd);
      if (!(await this.#send(key, fd, before, sink, signal))) return vanished;
      const after = statxDescriptor(fd);
      const read = entryMeta(before, { linkTarget: null, xattrs: meta.xattrs });
      const isWhole =
        before.ctimeNs === after.ctimeNs && before.size === after.size && before.mtimeNs === after.mtimeNs;
      return isWhole
        ? { state: 'whole', meta: read }
        : { state: 'torn', meta: read, reason: 'It changed while it was read.' };
    } catch (error) {
      const reason = whyReadFails(error);
      if (reason === undefined) throw error;
      return { state: 'unreadable', reason };
    } finally {
      closeSync(fd);
    }
  }

  /** False when it was given up, because it changed meanwhile. */
  async #send(key: HandleKey, fd: number, before: Statx, sink: ContentSink, signal: AbortSignal): Promise<boolean> {
    const size = Number(before.size);
    if (size === 0) return true;
    const isLarge = size >= hotFrom;
    const buffer = this.#buffers.take(size);
    let position = 0;
    let lookAt = lookAgainBytes;
    let bytes = 0;
    try {
      for (const { offset, length } of dataExtents(fd, size)) {
        if (offset > position) await sink.hole(offset - position);
        position = offset;
        while (position < offset + length) {
          throwIfAborted(signal);
          const wanted = Math.min(buffer.length, offset + length - position);
          const count = await this.#read(fd, buffer, wanted, position);
          if (count === 0) return true;
          bytes += count;
          await sink.data(buffer.subarray(0, count));
          position += count;
          if (isLarge && bytes >= lookAt) {
            if (statxDescriptor(fd).ctimeNs !== before.ctimeNs) return false;
            lookAt = bytes + lookAgainBytes;
          }
        }
      }
      if (position < size) await sink.hole(size - position);
      return true;
    } finally {
      this.#bytesRead += bytes;
      if (isLarge) this.#parts.restless.wasRead(key, bytes);
      this.#buffers.give(buffer);
    }
  }

  /** What is in memory takes nobody's turn at the disk. */
  async #read(fd: number, buffer: Buffer, wanted: number, position: number): Promise<number> {
    const { pace } = this.#parts;
    if (!pace.isLimited) {
      const cached = readCached(fd, buffer, wanted, position);
      if (cached !== undefined) return cached;
    }
    await pace.beforeRead(wanted);
    return readAt(fd, buffer, wanted, position);
  }
}

/** On a thread of the pool: it may wait for the disk. */
function readAt(fd: number, buffer: Buffer, length: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, length, position, (error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

/** Why a file cannot be opened; `vanished` for what is not where it was, which its folder's change will tell. */
export function refusalOf(error: unknown): Extract<ContentVerdict, { state: 'vanished' | 'unreadable' }> {
  if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO')) return { state: 'vanished' };
  if (hasCode(error, 'EXDEV'))
    return { state: 'unreadable', reason: 'Another filesystem was mounted over its folder meanwhile.' };
  const reason = whyOneUnreadable(error);
  if (reason === undefined) throw error;
  return { state: 'unreadable', reason };
}
