import { closeSync } from 'node:fs';
import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import { hasCode } from '../../system/errno.ts';
import { openQuietly } from '../../system/open-quietly.ts';
import type { EntryMeta } from '../contract.ts';
import { type KeptContent, keepContent, keptBytes, whyUnreadable } from '../holding/kept-content.ts';
import type { Spool } from '../holding/spool.ts';
import type { TimeBudget } from '../holding/time-budget.ts';
import { rootMeta } from '../view/ancestors.ts';
import { entryDetail, readableXattrs } from '../view/entry-detail.ts';
import { type EntryDetail, entryMeta, nodeTypeOf } from '../view/entry-meta.ts';

export interface CopiedEntry {
  readonly name: Buffer;
  readonly meta: EntryMeta;
  readonly children: readonly CopiedEntry[] | null;
  readonly content: KeptContent | null;
}

export interface TreeCopy {
  readonly rootMeta: EntryMeta;
  readonly children: readonly CopiedEntry[];
  readonly files: number;
  readonly entries: number;
  readonly bytes: number;
}

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
  readonly #linked = new Map<bigint, KeptContent>();
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
    const copies: { entry: TreeEntry; detail: EntryDetail; content: KeptContent | null }[] = [];
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

  #copyFile(entry: TreeEntry, dirFd: number): { detail: EntryDetail; content: KeptContent } | undefined {
    let fd: number;
    try {
      fd = openQuietly(dirFd, entry.name);
    } catch (error) {
      // Vanished, or swapped for a link: only in a rehearsal, when nobody is held.
      if (hasCode(error, 'ENOENT', 'ELOOP', 'ENXIO')) return undefined;
      const reason = whyUnreadable(error);
      const detail = entryDetail(this.#tree, entry, dirFd);
      return detail && { detail, content: { state: 'unreadable', reason } };
    }
    this.#openFiles.push(fd);
    this.#files += 1;
    const xattrs = readableXattrs(fd, () => this.#tree.noteUnreadable(entry.path, 'Some attributes are unreadable.'));
    const detail = { linkTarget: null, xattrs };
    const known = entry.stat.links > 1 ? this.#linked.get(entry.stat.inode) : undefined;
    if (known !== undefined) return { detail, content: known };
    const content = keepContent(fd, entry.stat, this.#spool, this.#budget);
    this.#bytes += keptBytes(content);
    if (entry.stat.links > 1) this.#linked.set(entry.stat.inode, content);
    return { detail, content };
  }
}
