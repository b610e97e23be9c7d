import { closeSync } from 'node:fs';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import { statxDescriptor } from '../../system/statx.ts';
import { probeWriters, type WriterProbe } from '../../system/writer-probe.ts';
import { wallClockNs } from '../ctime/granularity.ts';
import type { HotFileWatch } from '../hot-files/contract.ts';
import type { PictureFile } from '../picture/contract.ts';
import type { ChangeTracker, HandleKey } from '../tracking/contract.ts';
import { treeEntry } from './looker.ts';

/** Files from this size on are taken by copy-before-write where that can be, and are not read live again and again. */
export const hotFrom = 1024 * 1024;

/** What changed less long ago is likely to change again while it is read. */
export const calmMs = 1000;

export interface RestlessFilesParts {
  readonly tree: Pick<OpenTree, 'openFile'>;
  readonly tracker: Pick<ChangeTracker, 'keyOf'>;
  /** Null where nothing can be taken by copy-before-write. */
  readonly watch: Pick<HotFileWatch, 'covers'> | null;
  /** The kernel's by default; tests bring their own. */
  readonly probe?: (fd: number) => WriterProbe;
  /** Wall clock, ns. */
  readonly now?: () => bigint;
}

/**
 * Large files that change while everything is read live, in one run. Reading one of them again and again would store it again
 * and again, and settle nothing: it is left for the hold, where it is read inside if it fits, taken by copy-before-write where
 * that can be, or named as what was too much.
 */
export class RestlessFiles {
  readonly #parts: RestlessFilesParts;
  /** What was read live of each in this run, whole or not. */
  readonly #bytes = new Map<HandleKey, number>();
  readonly #notHeld = new Map<HandleKey, string>();

  constructor(parts: RestlessFilesParts) {
    this.#parts = parts;
  }

  /** So much was read live of a large file, whether or not it could be used. */
  wasRead(key: HandleKey, bytes: number): void {
    this.#bytes.set(key, (this.#bytes.get(key) ?? 0) + bytes);
  }

  /** Copy-before-write cannot take it after all. False when that was known, for this reason. */
  cannotBeHeld(key: HandleKey, reason: string): boolean {
    const isNew = this.#notHeld.get(key) !== reason;
    this.#notHeld.set(key, reason);
    return isNew;
  }

  /**
   * Whether reading it live now may settle it. The first time it is read, unless it changes this very moment and
   * copy-before-write can take it. Again only when it has been calm, and what was read in vain is not more than it holds.
   */
  isWorthReading(file: PictureFile): boolean {
    if (!isLarge(file)) return true;
    if (this.#isCalm(file)) return this.mayBeReadAgain(file);
    return !this.#bytes.has(file.key) && !this.#isTakenOtherwise(file);
  }

  /** Whether what was read of it in this run leaves room for once more. */
  mayBeReadAgain(file: PictureFile): boolean {
    return !isLarge(file) || (this.#bytes.get(file.key) ?? 0) <= Number(file.meta.size);
  }

  /** Whether waiting a moment may show that it is calm. */
  mayGetCalm(file: PictureFile): boolean {
    return this.mayBeReadAgain(file) && !this.#isTakenOtherwise(file);
  }

  #isCalm({ meta }: PictureFile): boolean {
    const now = (this.#parts.now ?? wallClockNs)();
    return now - meta.ctimeNs >= BigInt(calmMs) * 1_000_000n;
  }

  /** Somebody has it open, and will be asked before he writes. */
  #isTakenOtherwise({ key, meta, path }: PictureFile): boolean {
    const { watch, tree, tracker, probe = probeWriters } = this.#parts;
    const where = path();
    if (watch === null || where === null || this.#notHeld.has(key)) return false;
    let fd: number;
    try {
      fd = tree.openFile(treeEntry(where, meta));
    } catch {
      // Gone or closed to us: that shows when it is read.
      return false;
    }
    try {
      if (tracker.keyOf(fd) !== key || probe(fd) !== 'some') return false;
      const { deviceId, inode } = statxDescriptor(fd);
      return watch.covers({ fd, deviceId, inode });
    } finally {
      closeSync(fd);
    }
  }
}

function isLarge({ meta }: PictureFile): boolean {
  return Number(meta.size) >= hotFrom;
}
