import { closeSync, constants } from 'node:fs';
import type { PathNote } from '../../../../shared/domain/evidence.ts';
import { emptySubvolumeInode } from '../../system/btrfs.ts';
import { directoryNames } from '../../system/directory-names.ts';
import { ErrnoError, hasCode } from '../../system/errno.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { type Statx, statxAt, statxDescriptor } from '../../system/statx.ts';
import type { Boundaries, Boundary } from './boundaries.ts';
import { CacheTags, cacheTagName } from './excludes/cache-tag.ts';
import type { Excludes, FolderExcludes, LeftOutBy } from './excludes/excludes.ts';
import { LeftOutTally } from './excludes/left-out-tally.ts';
import { isSnapshotFolder } from './own-snapshots.ts';
import { joinPath, pathKey } from './path-bytes.ts';
import { pathText } from './path-text.ts';
import type { OpenListing, OpenTree, TreeEntry, VisitEntry } from './tree.ts';
import type { Turns } from './turns.ts';

const { O_RDONLY, O_DIRECTORY, O_NOATIME, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK } = constants;
const noBoundaries: ReadonlyMap<string, Boundary> = new Map();

export interface OpenTreeParts {
  readonly files: FileOps;
  /** Absolute. For texts only: everything is reached from `rootFd`. */
  readonly rootPath: Buffer;
  /** O_RDONLY | O_DIRECTORY. Belongs to the tree from now on. */
  readonly rootFd: number;
  readonly boundaries: Boundaries;
  readonly excludes: Excludes;
  readonly onLeftOut?: OnLeftOut;
  /** Where `rootFd` is not the root itself but a copy of it on another filesystem: what it is a copy of. */
  readonly copyOf?: CopiedRoot;
}

/** What is told of a copy as it is told of its original, so that links, own places and earlier snapshots are recognised. */
export interface CopiedRoot {
  readonly deviceId: bigint;
  /** Type of the filesystem. */
  readonly fsType: string;
}

/** Hears of each entry that is left out by presets and rules, once in every walk. */
export type OnLeftOut = (entry: TreeEntry, by: LeftOutBy) => void;

const tagKey = pathKey(Buffer.from(cacheTagName));

export function newOpenTree(parts: OpenTreeParts): OpenTree {
  const { files, rootPath, rootFd, boundaries, excludes, onLeftOut, copyOf } = parts;
  const found = statxDescriptor(rootFd);
  const copiedDevice = found.deviceId;
  const asOriginal = (stat: Statx): Statx =>
    copyOf === undefined || stat.deviceId !== copiedDevice ? stat : { ...stat, deviceId: copyOf.deviceId };
  const rootStat = asOriginal(found);
  const root: TreeEntry = { name: Buffer.alloc(0), path: Buffer.alloc(0), stat: rootStat, isStandIn: false };
  const leftOut = new Notes(boundaries.notes);
  const unreadable = new Notes();
  const tags = new CacheTags();
  const tally = new LeftOutTally();
  const describe = (path: Buffer): string => pathText(path.length === 0 ? rootPath : joinPath(rootPath, path));
  /** Owners whose files may not be opened with O_NOATIME: only the owner and CAP_FOWNER may. */
  const atimeKeepers = new Set<number>();

  const open = (entry: TreeEntry, flags: number): number => {
    const path = entry.path.length === 0 ? '.' : entry.path;
    const options = { sameMount: true };
    if (!atimeKeepers.has(entry.stat.uid)) {
      try {
        return files.openBeneath(rootFd, path, flags | O_NOATIME, options);
      } catch (error) {
        if (!hasCode(error, 'EPERM')) throw error;
        atimeKeepers.add(entry.stat.uid);
      }
    }
    return files.openBeneath(rootFd, path, flags, options);
  };

  const openDirectory = (directory: TreeEntry): number => {
    const fd = open(directory, O_RDONLY | O_DIRECTORY);
    if (directory.path.length === 0 || !isBeyond(asOriginal(statxDescriptor(fd)), rootStat)) return fd;
    closeSync(fd);
    throw new ErrnoError(18 /* EXDEV */, 'open', describe(directory.path));
  };

  const openOrNote = (directory: TreeEntry): number | undefined => {
    try {
      return openDirectory(directory);
    } catch (error) {
      if (hasCode(error, 'EXDEV'))
        leftOut.add(describe(directory.path), 'Another filesystem was mounted here meanwhile.');
      else if (hasCode(error, 'EACCES') && isRecoveryFolder(directory, rootStat))
        leftOut.add(
          describe(directory.path),
          'The filesystem’s own folder for what a repair finds; only root reads it.',
        );
      else if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) unreadable.add(describe(directory.path), reasonOf(error));
      return undefined;
    }
  };

  const look = (directory: TreeEntry, fd: number, name: Buffer): TreeEntry | undefined => {
    const pathOf = (): Buffer => joinPath(directory.path, name);
    let stat: Statx;
    try {
      stat = asOriginal(statxAt(fd, name));
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) unreadable.add(describe(pathOf()), reasonOf(error));
      return undefined;
    }
    if (boundaries.isOwn(stat.deviceId, stat.inode)) {
      leftOut.add(describe(pathOf()), 'A place of Stillpoint’s own, reached by another name.');
      return undefined;
    }
    if (isSnapshotFolder(name, stat)) {
      leftOut.add(describe(pathOf()), 'A place of Stillpoint’s own: snapshots that are being copied.');
      return undefined;
    }
    // A subvolume within a subvolume is not part of its snapshot: an empty folder stands there already.
    const isGap = copyOf?.fsType === 'btrfs' && stat.inode === emptySubvolumeInode;
    if (!isGap && !isBeyond(stat, rootStat)) return new ListedEntry(directory, name, stat, false);
    leftOut.add(describe(pathOf()), isGap ? subvolumeReason : beyondReason(stat, rootStat));
    return isDirectory(stat) ? standIn(directory, name) : undefined;
  };

  /** What is marked by a file that is not one of the source’s own is not marked. */
  const isTagged = (fd: number, names: Names, limits: ReadonlyMap<string, Boundary>): boolean =>
    excludes.cacheTags &&
    names.has(tagKey) &&
    !limits.has(tagKey) &&
    tags.isTagged(fd, (stat) => isBeyond(asOriginal(stat), rootStat));

  const leaveOut = (entry: TreeEntry, by: LeftOutBy): void => {
    tally.add(by, entry.path, isDirectory(entry.stat));
    onLeftOut?.(entry, by);
  };

  /** Each name once: one that is removed and made anew while the directory is read may be told twice. */
  const namesIn = (directory: TreeEntry, fd: number): Names => {
    try {
      return new Names(directoryNames(fd));
    } catch (error) {
      unreadable.add(describe(directory.path), reasonOf(error));
      return new Names([]);
    }
  };

  const entryOf = (
    directory: TreeEntry,
    fd: number,
    name: Buffer,
    limits: ReadonlyMap<string, Boundary>,
    here: FolderExcludes | undefined,
    visit: VisitEntry | undefined,
  ): TreeEntry | undefined => {
    const limit = limits.size === 0 ? undefined : limits.get(pathKey(name));
    if (limit !== undefined && !limit.standsIn) return undefined;
    const entry = limit === undefined ? look(directory, fd, name) : standIn(directory, name);
    if (entry === undefined) return undefined;
    const by = entry.isStandIn ? undefined : here?.leavesOut(entry, isDirectory(entry.stat));
    if (by !== undefined) {
      leaveOut(entry, by);
      return undefined;
    }
    visit?.(entry, fd);
    return entry;
  };

  /**
   * What each name is, undefined for what is not part of the source. The directory is open until the end. To be gone through
   * in the caller’s name.
   */
  function* entriesOf(directory: TreeEntry): Generator<TreeEntry | undefined, undefined> {
    const fd = openOrNote(directory);
    if (fd === undefined) return;
    try {
      const { names, limits, here } = prepare(directory, fd);
      for (const name of names) yield entryOf(directory, fd, name, limits, here, undefined);
    } finally {
      closeSync(fd);
    }
  }

  const prepare = (directory: TreeEntry, fd: number) => {
    const limits = boundaries.in(pathKey(directory.path)) ?? noBoundaries;
    const names = namesIn(directory, fd);
    const here = excludes.isEmpty ? undefined : excludes.in(directory.path, isTagged(fd, names, limits));
    return { names: names.all, limits, here };
  };

  /** In the caller’s name. */
  const entriesIn = (directory: TreeEntry, fd: number, visit: VisitEntry | undefined): readonly TreeEntry[] => {
    const entries: TreeEntry[] = [];
    const { names, limits, here } = prepare(directory, fd);
    for (const name of names) {
      const entry = entryOf(directory, fd, name, limits, here, visit);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  };

  const listOpen = (directory: TreeEntry, visit?: VisitEntry): OpenListing => {
    if (directory.isStandIn) return { entries: [], fd: null };
    if (directory.path.length === 0) tally.beginWalk();
    return files.run(() => {
      const fd = openOrNote(directory);
      if (fd === undefined) return { entries: [], fd: null };
      try {
        return { entries: entriesIn(directory, fd, visit), fd };
      } catch (error) {
        closeSync(fd);
        throw error;
      }
    });
  };

  const list = (directory: TreeEntry, visit?: VisitEntry): readonly TreeEntry[] => {
    const { entries, fd } = listOpen(directory, visit);
    if (fd !== null) closeSync(fd);
    return entries;
  };

  const listInTurns = async (directory: TreeEntry, turns: Pick<Turns, 'pause'>): Promise<readonly TreeEntry[]> => {
    if (directory.isStandIn) return [];
    if (directory.path.length === 0) tally.beginWalk();
    const entries: TreeEntry[] = [];
    const rest = entriesOf(directory);
    try {
      while (files.run(() => takeSome(rest, entries))) await turns.pause();
      return entries;
    } finally {
      rest.return(undefined);
    }
  };

  const openFile = (entry: TreeEntry): number => {
    const fd = open(entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    // What was listed as a file may be something else by now; O_NONBLOCK kept the open itself from waiting.
    if ((statxDescriptor(fd).mode & constants.S_IFMT) === constants.S_IFREG) return fd;
    closeSync(fd);
    throw new ErrnoError(2 /* ENOENT */, 'open', describe(entry.path));
  };

  return {
    files,
    rootFd,
    root,
    lookAtRoot: () => ({ ...root, stat: asOriginal(statxDescriptor(rootFd)) }),
    list,
    listOpen,
    listInTurns,
    openFile,
    leftOut: () => [...leftOut.all(), ...tally.notes(describe)],
    unreadable: () => unreadable.all(),
    noteUnreadable: (path, reason) => unreadable.add(describe(path), reason),
    describe,
    close: () => {
      tags.close();
      closeSync(rootFd);
    },
  };
}

/** An entry of a folder. Its path is put together when it is asked for: of most files nobody ever does. */
class ListedEntry implements TreeEntry {
  readonly name: Buffer;
  readonly stat: Statx;
  readonly isStandIn: boolean;
  readonly #folder: TreeEntry;
  #path: Buffer | undefined;

  constructor(folder: TreeEntry, name: Buffer, stat: Statx, isStandIn: boolean) {
    this.name = name;
    this.stat = stat;
    this.isStandIn = isStandIn;
    this.#folder = folder;
  }

  get path(): Buffer {
    this.#path ??= joinPath(this.#folder.path, this.name);
    return this.#path;
  }
}

/** Each once, in the order they were told. */
class Names {
  readonly all: readonly Buffer[];
  readonly #keys = new Set<string>();

  constructor(told: readonly Buffer[]) {
    for (const name of told) this.#keys.add(pathKey(name));
    this.all = this.#keys.size === told.length ? told : Array.from(this.#keys, (key) => Buffer.from(key, 'latin1'));
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }
}

/** Names looked at before there is a pause: less than a millisecond's work. */
const atOnce = 100;

/** False when that was all. */
function takeSome(from: Iterator<TreeEntry | undefined>, into: TreeEntry[]): boolean {
  for (let taken = 0; taken < atOnce; taken += 1) {
    const { value, done } = from.next();
    if (done === true) return false;
    if (value !== undefined) into.push(value);
  }
  return true;
}

/** Every ext filesystem has one in its root, root's and closed: nobody's files are missing when it is not read. */
function isRecoveryFolder(directory: TreeEntry, root: Statx): boolean {
  return root.isMountRoot === true && directory.path.toString() === 'lost+found' && directory.stat.uid === 0;
}

function isDirectory(stat: Statx): boolean {
  return (stat.mode & constants.S_IFMT) === constants.S_IFDIR;
}

function isBeyond(stat: Statx, root: Statx): boolean {
  return stat.deviceId !== root.deviceId || stat.mountId !== root.mountId || stat.isMountRoot === true;
}

const subvolumeReason = 'A subvolume of its own: it would be from another moment.';

function beyondReason(stat: Statx, root: Statx): string {
  if (stat.mountId !== root.mountId || stat.isMountRoot === true) return 'Another filesystem is mounted here.';
  return subvolumeReason;
}

/** Made up from its parent: the folder below the mount cannot be seen, and what is mounted is not to be touched. */
function standIn(parent: TreeEntry, name: Buffer): TreeEntry {
  const { uid, gid, mtimeNs, ctimeNs, atimeNs, deviceId } = parent.stat;
  const stat: Statx = {
    ...{ mode: constants.S_IFDIR | 0o755, links: 2, uid, gid, inode: 0n, size: 0n, blocks: 0n, rdev: 0n },
    ...{ mtimeNs, ctimeNs, atimeNs, deviceId, mountId: null, isMountRoot: null },
  };
  return new ListedEntry(parent, name, stat, true);
}

/** Why an entry cannot be looked at. What is wrong with ourselves, not with the entry, is thrown again. */
function reasonOf(error: unknown): string {
  if (hasCode(error, 'EMFILE', 'ENFILE', 'ENOMEM') || !(error instanceof Error && 'code' in error)) throw error;
  if (hasCode(error, 'EACCES', 'EPERM')) return 'No permission to look at it.';
  if (hasCode(error, 'ENAMETOOLONG')) return 'Its path is too long.';
  return `It could not be looked at (${String(error.code)}).`;
}

/** Notes by path, each path once. */
class Notes {
  readonly #byPath = new Map<string, string>();

  constructor(known: readonly PathNote[] = []) {
    for (const { path, reason } of known) this.#byPath.set(path, reason);
  }

  add(path: string, reason: string): void {
    if (!this.#byPath.has(path)) this.#byPath.set(path, reason);
  }

  all(): readonly PathNote[] {
    return Array.from(this.#byPath, ([path, reason]) => ({ path, reason }));
  }
}
