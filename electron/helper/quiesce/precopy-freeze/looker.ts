import { closeSync, constants } from 'node:fs';
import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import { hasCode } from '../../system/errno.ts';
import { O_PATH } from '../../system/openat2.ts';
import { type Statx, statxAt } from '../../system/statx.ts';
import type { EntryMeta } from '../contract.ts';
import type { NamedLook, Picture } from '../picture/contract.ts';
import { standInKey } from '../picture/index.ts';
import type { ChangeTracker, HandleKey } from '../tracking/contract.ts';
import { rootMeta } from '../view/ancestors.ts';
import { entryDetail } from '../view/entry-detail.ts';
import { type EntryDetail, entryMeta, nodeTypeOf } from '../view/entry-meta.ts';
import { whyOneUnreadable } from '../view/unreadable.ts';

/** Something of the picture that is to be looked at again, with the path it had when that was asked. */
export interface MarkedEntry {
  readonly key: HandleKey;
  /** Relative to the root; empty for the root itself. */
  readonly path: Buffer;
  readonly meta: EntryMeta;
}

const slash = 0x2f;
const mostKept = 64;

/**
 * Looks at a source's tree for a picture: synchronous, and the same whether writers are held or not. A path is only a hint:
 * what is found there counts for the inode that was asked for if, and only if, it has that inode's key. Otherwise the inode
 * is marked again, and the names that led there will have been told as changed.
 */
export class Looker {
  readonly #tree: OpenTree;
  readonly #tracker: ChangeTracker;
  readonly #picture: Picture;
  /** What is not part of the source after all. Told the directory it is in, too. */
  readonly #leaveOut: (entry: TreeEntry, directory: HandleKey) => boolean;
  /** The tree, and whether it noted anything as unreadable. */
  readonly #noting: OpenTree;
  #hasNoted = false;
  /** Directories by path, while several are looked at together. */
  #kept: Map<string, number> | undefined;

  constructor(
    tree: OpenTree,
    tracker: ChangeTracker,
    picture: Picture,
    leaveOut: (entry: TreeEntry, directory: HandleKey) => boolean = () => false,
  ) {
    this.#tree = tree;
    this.#tracker = tracker;
    this.#picture = picture;
    this.#leaveOut = leaveOut;
    this.#noting = {
      ...tree,
      noteUnreadable: (path, reason) => {
        this.#hasNoted = true;
        tree.noteUnreadable(path, reason);
      },
    };
  }

  /** Directories that `work` looks into are opened once, and closed after it. Nothing may be moved meanwhile. */
  together<T>(work: () => T): T {
    this.#kept = new Map();
    try {
      return work();
    } finally {
      for (const fd of this.#kept.values()) closeSync(fd);
      this.#kept = undefined;
    }
  }

  /** Lists a directory again. False when its path led to something else. `onEntry` may end it by throwing. */
  list({ key, path, meta }: MarkedEntry, onEntry: () => void = () => {}): boolean {
    this.#picture.clearNamesMark(key);
    this.#hasNoted = false;
    const looks: NamedLook[] = [];
    let isVisited = false;
    try {
      this.#tree.list(treeEntry(path, meta), (entry, dirFd) => {
        if (!isVisited && this.#tracker.keyOf(dirFd) !== key) throw new OtherDirectory();
        isVisited = true;
        onEntry();
        const look = this.#lookAtEntryOrReport(key, entry, dirFd);
        if (look !== undefined) looks.push(look);
      });
      if (!isVisited) this.#requireDirectory(key, path);
    } catch (error) {
      this.#picture.names(key);
      if (error instanceof OtherDirectory) return false;
      throw error;
    }
    this.#picture.setNames(key, looks, !this.#hasNoted && !this.#isNoted(path));
    return true;
  }

  /** Looks at one inode again. False when its path led to something else. */
  look({ key, path, meta }: MarkedEntry): boolean {
    this.#picture.clearLookMark(key);
    let found: EntryMeta | undefined;
    try {
      found = this.metaOf(key, path);
    } catch (error) {
      if (this.#isReported({ key, path, meta }, error)) return true;
      this.#picture.metadata(key);
      throw error;
    }
    if (found === undefined) {
      this.#picture.metadata(key);
      return false;
    }
    this.#picture.setLook({ key, meta: found, isStandIn: false });
    // Who may list it, or pass through it, may be different now.
    if (meta.type === 'dir' && (found.mode !== meta.mode || found.uid !== meta.uid || found.gid !== meta.gid))
      this.#picture.names(key);
    return true;
  }

  /**
   * What refuses even to be looked at (a defect of the disk, a key that is gone) is reported like a file that cannot be read,
   * and looked at again by the next run; it ends no attempt. Other things than files and folders are not told apart so.
   */
  #isReported({ key, path, meta }: MarkedEntry, error: unknown): boolean {
    const reason = whyOneUnreadable(error);
    if (reason === undefined || path.length === 0 || (meta.type !== 'file' && meta.type !== 'dir')) return false;
    this.#tree.noteUnreadable(path, reason);
    this.#picture.setLook({ key, meta, isStandIn: false });
    if (meta.type === 'dir') {
      this.#picture.names(key);
      return true;
    }
    this.#picture.clearContentMark(key);
    this.#picture.setContent(key, { state: 'unreadable', reason });
    return true;
  }

  /** What a path shows of this inode right now; undefined when it leads to something else. Tells the picture nothing. */
  metaOf(key: HandleKey, path: Buffer): EntryMeta | undefined {
    if (path.length === 0) return rootMeta(this.#tree);
    const { parent, name } = splitLast(path);
    return this.#tree.files.run(() => {
      const dirFd = this.#openDirectory(parent);
      if (typeof dirFd !== 'number') {
        // Mounted over, or closed to us, since it was listed: what is seen of the source has changed without a change in it.
        if (dirFd === 'beyond') this.#picture.doubt('A folder of the source could not be reached any more.');
        return undefined;
      }
      try {
        if (this.#tracker.keyAt(dirFd, name) !== key) return undefined;
        const stat = statxAt(dirFd, name);
        const detail = entryDetail(this.#noting, { name, path, stat, isStandIn: false }, dirFd);
        // What was replaced in between shows another inode; its folder was told as changed.
        return detail === undefined ? undefined : entryMeta(stat, detail);
      } catch (error) {
        if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ESTALE')) return undefined;
        throw error;
      } finally {
        this.#close(parent, dirFd);
      }
    });
  }

  /** When the inode last changed; undefined when its path leads to something else. Tells the picture nothing. */
  ctimeOf(key: HandleKey, path: Buffer): bigint | undefined {
    const { parent, name } = splitLast(path);
    return this.#tree.files.run(() => {
      const dirFd = this.#openDirectory(parent);
      if (typeof dirFd !== 'number') return undefined;
      try {
        return this.#tracker.keyAt(dirFd, name) === key ? statxAt(dirFd, name).ctimeNs : undefined;
      } catch (error) {
        // Then it is looked at in full, and reported where that fails as well.
        if (hasCode(error, 'ENOENT', 'ENOTDIR') || whyOneUnreadable(error) !== undefined) return undefined;
        throw error;
      } finally {
        this.#close(parent, dirFd);
      }
    });
  }

  /** The directory a path lies in; undefined where there is none now. */
  parentKey(path: Buffer | null): HandleKey | undefined {
    if (path === null || path.length === 0) return undefined;
    return this.#tree.files.run(() => {
      const { parent } = splitLast(path);
      const fd = this.#openDirectory(parent);
      if (typeof fd !== 'number') return undefined;
      try {
        return this.#tracker.keyOf(fd);
      } finally {
        this.#close(parent, fd);
      }
    });
  }

  #lookAtEntryOrReport(directory: HandleKey, entry: TreeEntry, dirFd: number): NamedLook | undefined {
    try {
      return this.#lookAtEntry(directory, entry, dirFd);
    } catch (error) {
      const reason = whyOneUnreadable(error);
      if (reason === undefined) throw error;
      this.#noting.noteUnreadable(entry.path, reason);
      return undefined;
    }
  }

  #lookAtEntry(directory: HandleKey, entry: TreeEntry, dirFd: number): NamedLook | undefined {
    const { name, stat, isStandIn } = entry;
    if (isStandIn) {
      const meta = entryMeta(stat, { linkTarget: null, xattrs: [] });
      return { name, look: { key: standInKey(directory, name), meta, isStandIn } };
    }
    const key = this.#tracker.keyAt(dirFd, name);
    if (key === undefined || this.#leaveOut(entry, directory)) return undefined;
    const detail = this.#knownDetail(key, stat) ?? entryDetail(this.#noting, entry, dirFd);
    return detail === undefined ? undefined : { name, look: { key, meta: entryMeta(stat, detail), isStandIn } };
  }

  /** Attributes cannot have changed without moving the ctime, or being told of. */
  #knownDetail(key: HandleKey, stat: Statx): EntryDetail | undefined {
    if (nodeTypeOf(stat.mode) !== 'file') return undefined;
    const known = this.#picture.file(key)?.meta;
    return known !== undefined && known.ctimeNs === stat.ctimeNs && known.inode === stat.inode ? known : undefined;
  }

  /** A directory in which nothing was found is empty, closed to us, mounted over, or not the one that was meant. */
  #requireDirectory(key: HandleKey, path: Buffer): void {
    this.#tree.files.run(() => {
      const fd = this.#openDirectory(path);
      if (fd === 'gone') throw new OtherDirectory();
      if (fd === 'beyond') return;
      try {
        if (this.#tracker.keyOf(fd) !== key) throw new OtherDirectory();
      } finally {
        this.#close(path, fd);
      }
    });
  }

  #openDirectory(path: Buffer): number | 'gone' | 'beyond' {
    const name = path.toString('latin1');
    const known = this.#kept?.get(name);
    if (known !== undefined) return known;
    const opened = this.#openAnew(path);
    if (typeof opened === 'number' && this.#kept !== undefined && this.#kept.size < mostKept)
      this.#kept.set(name, opened);
    return opened;
  }

  #close(path: Buffer, fd: number): void {
    if (this.#kept?.get(path.toString('latin1')) !== fd) closeSync(fd);
  }

  #openAnew(path: Buffer): number | 'gone' | 'beyond' {
    const flags = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
    try {
      return this.#tree.files.openBeneath(this.#tree.rootFd, path.length === 0 ? '.' : path, flags, {
        sameMount: true,
      });
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ESTALE')) return 'gone';
      if (hasCode(error, 'EXDEV') || whyOneUnreadable(error) !== undefined) return 'beyond';
      throw error;
    }
  }

  #isNoted(path: Buffer): boolean {
    const notes = this.#tree.unreadable();
    if (notes.length === 0) return false;
    const own = this.#tree.describe(path);
    const below = own.endsWith('/') ? own : `${own}/`;
    return notes.some((note) => note.path === own || note.path.startsWith(below));
  }
}

/** The path led to another directory than the one that was meant, or to none. */
class OtherDirectory extends Error {}

/** An entry as the tree wants it for opening. Only what a path needs is told; what is there is looked at anew. */
export function treeEntry(path: Buffer, meta: EntryMeta): TreeEntry {
  const { mode, uid, gid, inode, deviceId, size, rdev, atimeNs, ctimeNs, mtimeNs } = meta;
  const stat: Statx = {
    ...{ mode, uid, gid, inode, deviceId, size, rdev, atimeNs, ctimeNs, mtimeNs },
    ...{ links: Number(meta.links), blocks: 0n, mountId: null, isMountRoot: null },
  };
  return { name: splitLast(path).name, path, stat, isStandIn: false };
}

function splitLast(path: Buffer): { readonly parent: Buffer; readonly name: Buffer } {
  const at = path.lastIndexOf(slash);
  return at < 0
    ? { parent: Buffer.alloc(0), name: path }
    : { parent: path.subarray(0, at), name: path.subarray(at + 1) };
}
