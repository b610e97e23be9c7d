import { closeSync, readSync } from 'node:fs';
import { StillpointError } from '../../../../shared/errors/index.ts';
import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import { hasCode } from '../../system/errno.ts';
import { dataExtents } from '../../system/sparse.ts';
import type { EntryMeta } from '../contract.ts';
import { rootMeta } from '../view/ancestors.ts';
import { entryDetail, readableXattrs } from '../view/entry-detail.ts';
import { type EntryDetail, entryMeta, nodeTypeOf } from '../view/entry-meta.ts';
import { openQuietly } from '../view/open-quietly.ts';
import type { Spool } from './spool.ts';
import type { TimeBudget } from './time-budget.ts';

/** A part of a file: bytes kept in the spool, or zeros that the source does not store. */
export type Piece =
  | { readonly kind: 'data'; readonly position: number; readonly length: number }
  | { readonly kind: 'hole'; readonly length: number };

export type CopiedContent =
  | { readonly state: 'whole'; readonly pieces: readonly Piece[] }
  | { readonly state: 'unreadable'; readonly reason: string };

export interface CopiedEntry {
  readonly name: Buffer;
  readonly meta: EntryMeta;
  readonly children: readonly CopiedEntry[] | null;
  readonly content: CopiedContent | null;
}

export interface TreeCopy {
  readonly rootMeta: EntryMeta;
  readonly children: readonly CopiedEntry[];
  readonly files: number;
  readonly entries: number;
  readonly bytes: number;
}

const pieceBytes = 1024 * 1024;

/**
 * Copies a whole tree into a spool in one go: names, metadata, attributes, content. Made to run while writers are held,
 * so it is synchronous and does nothing else: no hashing, no event, no promise; it moves no atime; it closes no file
 * (on some kernels closing one on a frozen xfs waits for the thaw) but leaves that to `closeFiles`.
 */
export class TreeCopier {
  readonly #tree: OpenTree;
  readonly #spool: Spool;
  readonly #budget: TimeBudget;
  readonly #openFiles: number[] = [];
  /** Content of inodes with several names, so that it is read and kept once. */
  readonly #linked = new Map<bigint, CopiedContent>();
  #files = 0;
  #entries = 0;
  #bytes = 0;

  constructor(tree: OpenTree, spool: Spool, budget: TimeBudget) {
    this.#tree = tree;
    this.#spool = spool;
    this.#budget = budget;
  }

  copy(): TreeCopy {
    const rootEntry = this.#tree.lookAtRoot();
    const children = this.#copyDirectory(rootEntry);
    return { rootMeta: rootMeta(this.#tree), children, files: this.#files, entries: this.#entries, bytes: this.#bytes };
  }

  /** After the thaw. */
  closeFiles(): void {
    for (const fd of this.#openFiles.splice(0)) closeSync(fd);
  }

  #copyDirectory(directory: TreeEntry): readonly CopiedEntry[] {
    const copies: { entry: TreeEntry; detail: EntryDetail; content: CopiedContent | null }[] = [];
    this.#tree.list(directory, (entry, dirFd) => {
      this.#entries += 1;
      this.#budget.didEntry();
      const type = nodeTypeOf(entry.stat.mode);
      if (type === 'file') {
        const copied = this.#copyFile(entry, dirFd);
        if (copied !== undefined) copies.push({ entry, ...copied });
        return;
      }
      const detail = entryDetail(this.#tree, entry, dirFd);
      if (detail !== undefined) copies.push({ entry, detail, content: null });
    });
    // Only now go deeper: a directory is not held open while its children are walked.
    return copies.map(({ entry, detail, content }) => {
      const meta = entryMeta(entry.stat, detail);
      return { name: entry.name, meta, content, children: meta.type === 'dir' ? this.#copyDirectory(entry) : null };
    });
  }

  #copyFile(entry: TreeEntry, dirFd: number): { detail: EntryDetail; content: CopiedContent } | undefined {
    let fd: number;
    try {
      fd = openQuietly(dirFd, entry.name);
    } catch (error) {
      // Vanished, or swapped for a link: only in a rehearsal, when nobody is held.
      if (hasCode(error, 'ENOENT', 'ELOOP', 'ENXIO')) return undefined;
      const reason = reasonOf(error);
      const detail = entryDetail(this.#tree, entry, dirFd);
      return detail && { detail, content: { state: 'unreadable', reason } };
    }
    this.#openFiles.push(fd);
    this.#files += 1;
    const xattrs = readableXattrs(fd, () => this.#tree.noteUnreadable(entry.path, 'Some attributes are unreadable.'));
    const detail = { linkTarget: null, xattrs };
    const known = entry.stat.links > 1 ? this.#linked.get(entry.stat.inode) : undefined;
    if (known !== undefined) return { detail, content: known };
    const content = this.#copyContent(fd, entry);
    if (entry.stat.links > 1) this.#linked.set(entry.stat.inode, content);
    return { detail, content };
  }

  #copyContent(fd: number, entry: TreeEntry): CopiedContent {
    const size = Number(entry.stat.size);
    if (size === 0) return { state: 'whole', pieces: [] };
    const isSparse = Number(entry.stat.blocks) * 512 < size;
    const pieces: Piece[] = [];
    try {
      let position = 0;
      for (const { offset, length } of isSparse ? dataExtents(fd, size) : [{ offset: 0, length: size }]) {
        if (offset > position) pieces.push({ kind: 'hole', length: offset - position });
        this.#copyRange(fd, offset, length, pieces);
        position = offset + length;
      }
      if (size > position) pieces.push({ kind: 'hole', length: size - position });
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
      // Of a file that cannot change, so never by a writer: its filesystem contradicts itself.
      if (length !== size) return { state: 'unreadable', reason: 'It ends before its size says.' };
      return { state: 'whole', pieces };
    } catch (error) {
      if (!hasCode(error, 'EIO')) throw error;
      return { state: 'unreadable', reason: reasonOf(error) };
    }
  }

  #copyRange(fd: number, offset: number, length: number, pieces: Piece[]): void {
    let done = 0;
    while (done < length) {
      const slot = this.#spool.slot(Math.min(length - done, pieceBytes));
      const position = this.#spool.length;
      const count = readSync(fd, slot, 0, slot.length, offset + done);
      // Shorter than it was a moment ago: only in a rehearsal, when nobody is held.
      if (count === 0) return;
      this.#spool.commit(slot, count);
      pieces.push({ kind: 'data', position, length: count });
      done += count;
      this.#bytes += count;
      this.#budget.didBytes(count);
    }
  }
}

/** Why a file cannot be read. What is wrong with ourselves, not with the file, is thrown again: it spoils everything. */
function reasonOf(error: unknown): string {
  if (hasCode(error, 'EACCES', 'EPERM')) return 'No permission to read it.';
  if (hasCode(error, 'EIO')) return 'The disk reported an error (EIO).';
  if (hasCode(error, 'EMFILE', 'ENFILE')) throw tooManyFiles(error);
  throw error;
}

function tooManyFiles(cause: unknown): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message: 'There are more files than can be open at once, which a copy while writers wait needs.',
    guidance: 'Raise the limit of open files for Stillpoint’s helper, protect smaller folders, or back up live.',
    cause,
  });
}
