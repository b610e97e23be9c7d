import { constants as fsConstants } from 'node:fs';
import { constants } from 'node:os';
import type { ContentSink, ContentVerdict, EntryMeta, StillEntry, StillView } from '../quiesce/contract.ts';
import { ErrnoError, hasCode } from '../system/errno.ts';
import { dataExtents } from '../system/sparse.ts';
import { displayPath } from './display-path.ts';
import { isLinkNoMore } from './errors.ts';
import { type Found, localPath, type PlanItem, stepsToItem } from './plan/plan-item.ts';
import { nameKey } from './plan/selection.ts';
import { foundOf, isSameVersion } from './target/found.ts';
import { splitPath, type TargetTree } from './target/target-tree.ts';

const pieceLength = 1024 * 1024;
/** How often a file is read before it counts as torn. */
const attempts = 3;
const { O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fsConstants;

/** A node of the view: something to keep safe, or a directory on the way to it. */
interface ViewNode {
  readonly name: Buffer;
  readonly below: Map<string, ViewNode>;
  item: PlanItem | null;
}

export interface EndangeredView {
  readonly view: StillView;
  /** The version that was given for an item: null when nothing was there any more, undefined when it was not read. */
  savedVersion(item: PlanItem): Found | null | undefined;
}

/**
 * Exactly the entries that a restore will replace, delete or change, each at its absolute path on this machine. Every
 * file is compared with itself before and after reading, and read again when it changed: one that keeps changing is
 * torn, and the restore must not touch it. Directories on the way carry their own metadata and nothing else.
 */
export function endangeredView(items: readonly PlanItem[], target: TargetTree): EndangeredView {
  const saved = new SavedVersions();
  const unreadable: { path: string; reason: string }[] = [];
  const root: ViewNode = { name: Buffer.alloc(0), below: new Map(), item: null };
  for (const item of items) nodeAt(root, splitPath(localPath(item.in.root, stepsToItem(item)))).item = item;
  const parts: ViewParts = { target, saved, unreadable };
  const top = passage(root, Buffer.from('/'), parts);
  const children = (): AsyncIterable<StillEntry> => {
    saved.clear();
    unreadable.length = 0;
    return childrenOf(root, Buffer.from('/'), parts);
  };
  const view: StillView = { ancestors: [], root: { ...top, children }, unreadable: () => [...unreadable] };
  return { view, savedVersion: (item) => saved.of(item) };
}

/** What was given of every item. The content of an inode with several names is asked for by one of them only. */
class SavedVersions {
  readonly #byItem = new Map<PlanItem, Found | null>();
  readonly #listed = new Map<PlanItem, Found>();
  readonly #byInode = new Map<string, Found>();

  clear(): void {
    this.#byItem.clear();
    this.#listed.clear();
    this.#byInode.clear();
  }

  /** A file whose content is still to be read, by this name or another. */
  list(item: PlanItem, found: Found): void {
    this.#listed.set(item, found);
  }

  set(item: PlanItem, found: Found | null): void {
    this.#byItem.set(item, found);
    if (found) this.#byInode.set(inodeKey(found), found);
  }

  of(item: PlanItem): Found | null | undefined {
    if (this.#byItem.has(item)) return this.#byItem.get(item);
    const listed = this.#listed.get(item);
    return listed && listed.links > 1n ? this.#byInode.get(inodeKey(listed)) : undefined;
  }
}

function inodeKey({ deviceId, inode }: Found): string {
  return `${deviceId}:${inode}`;
}

interface ViewParts {
  readonly target: TargetTree;
  readonly saved: SavedVersions;
  readonly unreadable: { path: string; reason: string }[];
}

function nodeAt(root: ViewNode, steps: readonly Buffer[]): ViewNode {
  let at = root;
  for (const step of steps) {
    const key = nameKey(step);
    const next = at.below.get(key) ?? { name: step, below: new Map(), item: null };
    at.below.set(key, next);
    at = next;
  }
  return at;
}

/** Only its metadata counts: a folder that may be passed and not listed is good enough. */
function passage(node: ViewNode, path: Buffer, parts: ViewParts): StillEntry {
  const found = foundOf(parts.target.ops.lstatSync(path));
  if (found.type !== 'dir') throw new ErrnoError(constants.errno.ENOTDIR, 'lstat', displayPath(path));
  const meta = metaOf(parts.target, found, path, null);
  const children = () => childrenOf(node, path, parts);
  return { name: node.name, meta, children, content: null, reusable: false };
}

async function* childrenOf(node: ViewNode, path: Buffer, parts: ViewParts): AsyncIterable<StillEntry> {
  for (const child of node.below.values()) {
    const childPath = Buffer.concat([path.length === 1 ? Buffer.alloc(0) : path, Buffer.from('/'), child.name]);
    try {
      const entry = child.item ? endangered(child, child.item, childPath, parts) : passage(child, childPath, parts);
      if (entry) yield entry;
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM') && !isLinkNoMore(error)) throw error;
      if (child.item && hasCode(error, 'ENOENT')) parts.saved.set(child.item, null);
      else parts.unreadable.push({ path: displayPath(childPath), reason: 'It could not be looked at.' });
    }
  }
}

function endangered(node: ViewNode, item: PlanItem, path: Buffer, parts: ViewParts): StillEntry | null {
  const { target, saved } = parts;
  const { ops } = target;
  const found = target.look(item);
  if (found === null) {
    saved.set(item, null);
    return null;
  }
  const at = item.name.length === 0 ? target.open(item.in) : target.entry(item.in, item.name);
  const linkTarget = found.type === 'symlink' && typeof at !== 'number' ? ops.readlinkSync(at) : null;
  const meta = metaOf(target, found, at, linkTarget);
  const entry = { name: node.name, meta, reusable: false };
  if (found.type === 'file') {
    saved.list(item, found);
    const content = {
      base: null,
      readInto: (sink: ContentSink, signal: AbortSignal) => read(item, parts, sink, signal),
    };
    return { ...entry, children: null, content };
  }
  saved.set(item, found);
  const children = found.type === 'dir' ? () => childrenOf(node, path, parts) : null;
  return { ...entry, children, content: null };
}

async function read(item: PlanItem, parts: ViewParts, sink: ContentSink, signal: AbortSignal): Promise<ContentVerdict> {
  const { target, saved } = parts;
  const { ops } = target;
  let fd: number;
  try {
    fd = ops.openSync(target.entry(item.in, item.name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      saved.set(item, null);
      return { state: 'vanished' };
    }
    if (hasCode(error, 'EACCES', 'EPERM', 'ELOOP', 'ENXIO', 'ENOTDIR'))
      return { state: 'unreadable', reason: 'It could not be opened.' };
    throw error;
  }
  try {
    for (let attempt = 1; ; attempt += 1) {
      const before = foundOf(ops.fstatSync(fd));
      if (before.type !== 'file') return { state: 'unreadable', reason: 'It is no file any more.' };
      await sendAll(fd, before, parts, sink, signal);
      const after = foundOf(ops.fstatSync(fd));
      const meta = metaOf(target, after, fd, null);
      if (isSameVersion(before, after) && before.ctimeNs === after.ctimeNs) {
        saved.set(item, after);
        return { state: 'whole', meta };
      }
      if (attempt === attempts) return { state: 'torn', meta, reason: 'It is being written.' };
      sink.restart();
    }
  } finally {
    ops.closeSync(fd);
  }
}

async function sendAll(
  fd: number,
  found: Found,
  { target }: ViewParts,
  sink: ContentSink,
  signal: AbortSignal,
): Promise<void> {
  const size = Number(found.size);
  const buffer = Buffer.allocUnsafe(Math.min(pieceLength, Math.max(1, size)));
  let position = 0;
  for (const extent of dataExtents(fd, size)) {
    if (extent.offset > position) await sink.hole(extent.offset - position);
    position = extent.offset;
    const end = extent.offset + extent.length;
    while (position < end) {
      signal.throwIfAborted();
      const count = target.ops.readSync(fd, buffer, 0, Math.min(buffer.length, end - position), position);
      // Shorter than it was: the look afterwards says so.
      if (count === 0) return;
      await sink.data(buffer.subarray(0, count));
      position += count;
    }
  }
  if (position < size) await sink.hole(size - position);
}

const typeBits: Readonly<Record<Found['type'], number>> = {
  file: 0o100000,
  dir: 0o040000,
  symlink: 0o120000,
  dev: 0o060000,
  chardev: 0o020000,
  fifo: 0o010000,
  socket: 0o140000,
  irregular: 0,
};

function metaOf(target: TargetTree, found: Found, at: number | Buffer, linkTarget: Buffer | null): EntryMeta {
  return {
    type: found.type,
    mode: typeBits[found.type] | found.mode,
    uid: found.uid,
    gid: found.gid,
    size: found.size,
    mtimeNs: found.mtimeNs,
    ctimeNs: found.ctimeNs,
    atimeNs: found.mtimeNs,
    inode: found.inode,
    deviceId: found.deviceId,
    links: found.links,
    rdev: found.type === 'dev' || found.type === 'chardev' ? found.rdev : 0n,
    linkTarget,
    xattrs: attributesOf(target, at),
  };
}

function attributesOf({ ops }: TargetTree, at: number | Buffer): EntryMeta['xattrs'] {
  try {
    return ops.listXattrs(at).flatMap((name) => {
      const value = ops.getXattr(at, name);
      return value ? [{ name, value }] : [];
    });
  } catch (error) {
    if (hasCode(error, 'ENOTSUP', 'EACCES', 'EPERM')) return [];
    throw error;
  }
}
