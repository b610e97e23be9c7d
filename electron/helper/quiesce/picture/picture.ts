import { randomUUID } from 'node:crypto';
import type { EntryMeta } from '../contract.ts';
import { doubtNs } from '../ctime/granularity.ts';
import { isReusable } from '../ctime/reusable.ts';
import type { HandleKey } from '../tracking/contract.ts';
import type {
  Look,
  NamedLook,
  Picture,
  PictureContent,
  PictureCounts,
  PictureFile,
  PictureVersion,
} from './contract.ts';
import { newViewEntry } from './view.ts';

export interface Dirent {
  readonly parent: Inode;
  readonly name: Buffer;
  readonly child: Inode;
}

export interface Inode {
  readonly key: HandleKey;
  meta: EntryMeta;
  isStandIn: boolean;
  readonly names: Set<Dirent>;
  children: Map<string, Dirent> | null;
  contentChanged: number;
  belowChanged: number;
  content: PictureContent | null;
  hasHeard: boolean;
  walk: number;
  listedInWalk: number;
}

export interface Version extends PictureVersion {
  readonly seq: number;
}

const keptVersions = 16;
const wanted: PictureContent = { state: 'wanted' };
const same: PictureContent = { state: 'same' };

export interface PictureOptions {
  /** Type of the filesystem. Without it nothing is believed after a doubt, and all is read anew. */
  readonly fsType?: string;
}

export function createPicture(root: Look, options: PictureOptions = {}): Picture {
  return new SimplePicture(root, options.fsType ?? '');
}

class SimplePicture implements Picture {
  readonly rootKey: HandleKey;
  readonly doubts: string[] = [];
  readonly #id = randomUUID();
  readonly #fsType: string;
  readonly #root: Inode;
  readonly #byKey = new Map<HandleKey, Inode>();
  readonly #namesMarks = new Set<Inode>();
  readonly #lookMarks = new Set<Inode>();
  readonly #contentMarks = new Set<Inode>();
  readonly #wanted = new Set<Inode>();
  readonly #unreadable = new Set<Inode>();
  readonly #loose = new Set<Inode>();
  readonly #versions: Version[] = [];
  #now = 1;
  #base: Version | null = null;
  #isComplete = false;
  #walk = 0;
  #hasDoubt = true;
  #heard = new Set<Inode>();
  #different = new Set<Inode>();
  #isWalking = false;
  readonly #listing = new Set<Inode>();
  readonly #strangers = new Set<HandleKey>();
  readonly #lookedMeanwhile = new Set<Inode>();
  #settledBeforeNs: bigint | null = null;
  #doubtNs = 0n;

  constructor(root: Look, fsType: string) {
    this.rootKey = root.key;
    this.#fsType = fsType;
    this.#root = this.#learn(root);
    this.#lookMarks.add(this.#root);
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  content(key: HandleKey): void {
    const inode = this.#byKey.get(key);
    if (inode === undefined && this.#listing.size > 0) this.#strangers.add(key);
    if (inode === undefined || inode.meta.type !== 'file') return;
    inode.hasHeard = true;
    if (this.#isWalking) this.#heard.add(inode);
    this.#lookMarks.add(inode);
    this.#markContent(inode);
  }

  metadata(key: HandleKey): void {
    const inode = this.#byKey.get(key);
    if (inode === undefined && this.#listing.size > 0) this.#strangers.add(key);
    if (inode === undefined || inode.isStandIn) return;
    if (this.#isWalking) this.#heard.add(inode);
    this.#lookMarks.add(inode);
  }

  names(key: HandleKey): void {
    const inode = this.#byKey.get(key);
    if (inode === undefined && this.#listing.size > 0) this.#strangers.add(key);
    if (inode?.children == null || inode.isStandIn) return;
    if (this.#isWalking) this.#heard.add(inode);
    this.#lookMarks.add(inode);
    this.#namesMarks.add(inode);
  }

  doubt(reason: string): void {
    this.doubts.push(reason);
    this.#isComplete = false;
    this.#hasDoubt = true;
  }

  beginWalk(): void {
    this.#walk += 1;
    this.#isWalking = true;
    this.#hasDoubt = false;
    this.#different.clear();
    this.#heard = new Set([...this.#namesMarks, ...this.#lookMarks, ...this.#contentMarks]);
    this.#lookMarks.clear();
    this.#lookMarks.add(this.#root);
    this.#doubtNs = doubtNs();
    this.#settledBeforeNs = this.#versions.at(-1)?.flushedNs ?? null;
    for (const inode of this.#byKey.values())
      if (inode.children !== null && !inode.isStandIn) this.#namesMarks.add(inode);
  }

  endWalk(): number {
    this.#isWalking = false;
    const reach = new Reach(this.#root);
    const isWhole = ![...this.#namesMarks].some(
      (inode) => inode.listedInWalk !== this.#walk && reach.isReachable(inode),
    );
    this.#isComplete = !this.#hasDoubt && isWhole && this.#walk > 0;
    let differences = 0;
    for (const inode of this.#different) if (!this.#heard.has(inode)) differences += 1;
    this.#different.clear();
    this.#heard.clear();
    return differences;
  }

  setNames(directory: HandleKey, entries: readonly NamedLook[], isWhole = true): void {
    const parent = this.#byKey.get(directory);
    if (parent?.children == null || parent.isStandIn) return;
    const before = parent.children;
    const after = new Map<string, Dirent>();
    let isDifferent = false;
    for (const { name, look } of entries) {
      if (look.key === this.rootKey) continue;
      const child = this.#learn(look);
      if (this.#strangers.has(look.key) || this.#lookedMeanwhile.has(child)) {
        this.#lookMarks.add(child);
        this.#heard.add(child);
      }
      const id = name.toString('latin1');
      const old = before.get(id);
      if (old?.child === child) {
        before.delete(id);
        after.set(id, old);
        continue;
      }
      isDifferent = true;
      const dirent: Dirent = { parent, name: Buffer.from(name), child };
      if (child.children !== null && !child.isStandIn) this.#takeFromOthers(child, parent);
      child.names.add(dirent);
      after.set(id, dirent);
      this.#touchMoved(child);
    }
    for (const dirent of before.values()) {
      isDifferent = true;
      this.#drop(dirent);
    }
    parent.children = after;
    if (isDifferent || parent.listedInWalk === -1) {
      this.#touchBelow(parent);
      if (this.#isWalking && parent.listedInWalk !== -1) this.#different.add(parent);
    }
    parent.listedInWalk = this.#walk;
    this.#endListing(parent);
    if (isWhole) {
      this.#unreadable.delete(parent);
    } else {
      this.#unreadable.add(parent);
      this.#touchBelow(parent);
    }
  }

  #endListing(directory: Inode): void {
    this.#listing.delete(directory);
    if (this.#listing.size > 0) return;
    this.#strangers.clear();
    this.#lookedMeanwhile.clear();
  }

  setLook(look: Look): void {
    if (this.#byKey.has(look.key)) this.#learn(look);
  }

  setContent(key: HandleKey, content: PictureContent): void {
    const inode = this.#byKey.get(key);
    if (inode === undefined || inode.meta.type !== 'file') return;
    inode.content = content.state === 'wanted' ? null : content;
    if (content.state === 'wanted') this.#markContent(inode);
    else if (!this.#contentMarks.has(inode)) this.#wanted.delete(inode);
    if (content.state === 'unreadable') this.#unreadable.add(inode);
    else if (content.state !== 'wanted') this.#unreadable.delete(inode);
  }

  clearNamesMark(directory: HandleKey): void {
    const inode = this.#byKey.get(directory);
    if (inode === undefined) return;
    this.#namesMarks.delete(inode);
    this.#listing.add(inode);
  }

  clearLookMark(key: HandleKey): void {
    const inode = this.#byKey.get(key);
    if (inode === undefined) return;
    this.#lookMarks.delete(inode);
    if (this.#listing.size > 0) this.#lookedMeanwhile.add(inode);
  }

  clearContentMark(key: HandleKey): void {
    const inode = this.#byKey.get(key);
    if (inode !== undefined && this.#contentMarks.delete(inode)) inode.content = null;
  }

  directoriesToList(): { key: HandleKey; path: Buffer; meta: EntryMeta }[] {
    return this.#places(this.#namesMarks)
      .sort((a, b) => a.depth - b.depth)
      .map(({ key, path, meta }) => ({ key, path, meta }));
  }

  entriesToLookAt(): { key: HandleKey; path: Buffer; meta: EntryMeta }[] {
    return this.#places(this.#lookMarks).map(({ key, path, meta }) => ({ key, path, meta }));
  }

  filesToRead(): PictureFile[] {
    const reach = new Reach(this.#root);
    return [...this.#wanted].filter((inode) => reach.isReachable(inode)).map((inode) => this.#fileOf(inode));
  }

  file(key: HandleKey): PictureFile | undefined {
    const inode = this.#byKey.get(key);
    return inode?.meta.type === 'file' ? this.#fileOf(inode) : undefined;
  }

  keysOfInode(inode: bigint): readonly HandleKey[] {
    const found: HandleKey[] = [];
    for (const { meta, key, isStandIn } of this.#byKey.values())
      if (meta.inode === inode && !isStandIn) found.push(key);
    return found;
  }

  get isClean(): boolean {
    const reach = new Reach(this.#root);
    for (const marks of [this.#namesMarks, this.#lookMarks, this.#wanted])
      for (const inode of marks) if (reach.isReachable(inode)) return false;
    return true;
  }

  get counts(): PictureCounts {
    const { files, directories, others, bytes } = this.below(this.#root);
    return { files, directories: directories + 1, others, bytes };
  }

  below(directory: Inode): PictureCounts {
    const sum = { files: 0, directories: 0, others: 0, bytes: 0 };
    const pending = [directory];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      for (const { child } of at.children?.values() ?? []) {
        if (child.meta.type === 'dir') {
          sum.directories += 1;
          pending.push(child);
        } else if (child.meta.type === 'file') {
          sum.files += 1;
          sum.bytes += Number(child.meta.size);
        } else {
          sum.others += 1;
        }
      }
    }
    return sum;
  }

  countFrom(version: string | null): PictureVersion | null {
    this.#base = this.#versions.find(({ id }) => id === version) ?? null;
    this.#contentMarks.clear();
    this.#wanted.clear();
    for (const inode of this.#byKey.values()) {
      inode.content = null;
      if (inode.meta.type === 'file' && !this.isSame(inode)) this.#wanted.add(inode);
    }
    return this.#base === null ? null : { id: this.#base.id, flushedNs: this.#base.flushedNs };
  }

  markVersion(flushedNs: bigint | null): PictureVersion {
    if (!this.#isComplete || !this.isClean)
      throw new Error('a version was to be marked of a picture with something left to look at');
    const version: Version = { id: `${this.#id}.${this.#now}`, flushedNs, seq: this.#now };
    this.#versions.push(version);
    if (this.#versions.length > keptVersions) this.#versions.shift();
    this.#now += 1;
    for (const inode of this.#unreadable) this.#touchUnreadable(inode);
    return { id: version.id, flushedNs };
  }

  view(parts: Parameters<Picture['view']>[0]): ReturnType<Picture['view']> {
    const root = newViewEntry(parts.rootName, this.#root, {
      fsType: parts.fsType,
      base: this.#base,
      contentOf: (inode) => inode.content ?? (this.isSame(inode) ? same : wanted),
      below: (inode) => this.below(inode),
    });
    return { root };
  }

  endRun(): void {
    this.#base = null;
    for (const inode of this.#byKey.values()) inode.content = null;
    this.#contentMarks.clear();
    this.#wanted.clear();
    for (const inode of this.#unreadable) {
      this.#lookMarks.add(inode);
      if (inode.children !== null) this.#namesMarks.add(inode);
    }
    this.#forgetLoose();
    this.#listing.clear();
    this.#strangers.clear();
    this.#lookedMeanwhile.clear();
    if (this.#isComplete) this.doubts.length = 0;
  }

  isSame(inode: Inode): boolean {
    return this.#base !== null && inode.contentChanged <= this.#base.seq;
  }

  #learn(look: Look): Inode {
    const known = this.#byKey.get(look.key);
    if (known !== undefined && known.meta.type === look.meta.type && known.isStandIn === look.isStandIn) {
      this.#lookAgain(known, look.meta);
      return known;
    }
    if (known !== undefined) this.#forget(known);
    const isDirectory = look.meta.type === 'dir';
    const inode: Inode = {
      key: look.key,
      meta: look.meta,
      isStandIn: look.isStandIn,
      names: new Set(),
      children: isDirectory ? new Map() : null,
      contentChanged: this.#now,
      belowChanged: this.#now,
      content: null,
      hasHeard: false,
      walk: this.#walk,
      listedInWalk: -1,
    };
    this.#byKey.set(look.key, inode);
    if (isDirectory && !look.isStandIn) this.#namesMarks.add(inode);
    if (look.meta.type === 'file') this.#wanted.add(inode);
    return inode;
  }

  #lookAgain(inode: Inode, meta: EntryMeta): void {
    const before = inode.meta;
    const isEqual = isEqualMeta(before, meta);
    const isOld = inode.walk !== this.#walk;
    inode.meta = meta;
    inode.walk = this.#walk;
    if (!isEqual) {
      this.#touchParents(inode);
      if (this.#isWalking) this.#different.add(inode);
      if (meta.type === 'dir' && !inode.isStandIn) this.#markStandIns(inode);
    }
    if (meta.type !== 'file') return;
    const isWritten = before.size !== meta.size || before.mtimeNs !== meta.mtimeNs;
    if ((isWritten && !inode.hasHeard) || (isOld && !(isEqual && this.#isSettled(inode)))) this.#markContent(inode);
    inode.hasHeard = false;
  }

  /** Shows by its ctime that its content has not changed since it was last known. */
  #isSettled({ meta, content }: Inode): boolean {
    if (!isReusable(this.#fsType, meta)) return false;
    const isBefore = (flushedNs: bigint | null): boolean =>
      flushedNs !== null && meta.ctimeNs + this.#doubtNs < flushedNs;
    if (content?.state === 'taken') return content.meta.ctimeNs === meta.ctimeNs && isBefore(content.flushedNs);
    return isBefore(this.#settledBeforeNs);
  }

  /** What is made up from their folder changed with it. */
  #markStandIns(directory: Inode): void {
    for (const { child } of directory.children?.values() ?? [])
      if (child.isStandIn) {
        this.#namesMarks.add(directory);
        return;
      }
  }

  #markContent(inode: Inode): void {
    if (inode.content === null && this.isSame(inode)) inode.content = same;
    this.#contentMarks.add(inode);
    this.#wanted.add(inode);
    inode.contentChanged = this.#now;
    this.#touchParents(inode);
  }

  /** What is as in a version is so at the same place only: what leads to it is new, so everything below counts as changed. */
  #touchMoved(moved: Inode): void {
    const pending = [moved];
    for (let inode = pending.pop(); inode !== undefined; inode = pending.pop()) {
      inode.contentChanged = this.#now;
      inode.belowChanged = this.#now;
      if (inode.content?.state === 'same') inode.content = null;
      if (inode.content === null && inode.meta.type === 'file') this.#wanted.add(inode);
      this.#touchParents(inode);
      for (const { child } of inode.children?.values() ?? []) pending.push(child);
    }
  }

  #touchParents(inode: Inode): void {
    for (const { parent } of inode.names) this.#touchBelow(parent);
  }

  #touchBelow(directory: Inode): void {
    for (let at: Inode | undefined = directory; at !== undefined && at.belowChanged !== this.#now; at = parentOf(at))
      at.belowChanged = this.#now;
  }

  #touchUnreadable(inode: Inode): void {
    inode.contentChanged = this.#now;
    if (inode.children !== null) this.#touchBelow(inode);
    this.#touchParents(inode);
  }

  /** A directory has one name: the newest listing is right. */
  #takeFromOthers(child: Inode, parent: Inode): void {
    this.#loose.add(child);
    for (const dirent of child.names) {
      child.names.delete(dirent);
      dirent.parent.children?.delete(dirent.name.toString('latin1'));
      this.#touchBelow(dirent.parent);
      if (dirent.parent !== parent) this.#namesMarks.add(dirent.parent);
    }
  }

  #drop(dirent: Dirent): void {
    dirent.child.names.delete(dirent);
    if (dirent.child.names.size === 0) this.#loose.add(dirent.child);
  }

  #forgetLoose(): void {
    const reach = new Reach(this.#root);
    for (const inode of this.#loose)
      if (!reach.isReachable(inode) && parentOf(inode) !== undefined && isInCycle(inode)) inode.names.clear();
    for (const inode of this.#loose) if (inode.names.size === 0) this.#forget(inode);
    this.#loose.clear();
  }

  #forget(inode: Inode): void {
    const pending = [inode];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (at === this.#root) continue;
      this.#byKey.delete(at.key);
      for (const marks of [
        this.#namesMarks,
        this.#lookMarks,
        this.#contentMarks,
        this.#wanted,
        this.#unreadable,
        this.#different,
        this.#heard,
      ])
        marks.delete(at);
      for (const dirent of at.names) dirent.parent.children?.delete(dirent.name.toString('latin1'));
      for (const dirent of at.children?.values() ?? []) {
        dirent.child.names.delete(dirent);
        if (dirent.child.names.size === 0) pending.push(dirent.child);
      }
      at.children?.clear();
    }
  }

  #fileOf(inode: Inode): PictureFile {
    const content = this.#contentMarks.has(inode) ? wanted : (inode.content ?? (this.isSame(inode) ? same : wanted));
    return { key: inode.key, meta: inode.meta, content, path: () => new Reach(this.#root).place(inode)?.path ?? null };
  }

  #places(marks: ReadonlySet<Inode>): { key: HandleKey; path: Buffer; meta: EntryMeta; depth: number }[] {
    const reach = new Reach(this.#root);
    const found = [];
    for (const inode of marks) {
      const place = reach.place(inode);
      if (place !== null) found.push({ key: inode.key, meta: inode.meta, ...place });
    }
    return found;
  }
}

interface Place {
  readonly path: Buffer;
  readonly depth: number;
}

/** Which inodes the root leads to, and how, as long as nothing is changed. */
class Reach {
  readonly #places = new Map<Inode, Place | null>();

  constructor(root: Inode) {
    this.#places.set(root, { path: Buffer.alloc(0), depth: 0 });
  }

  isReachable(inode: Inode): boolean {
    return this.place(inode) !== null;
  }

  place(inode: Inode): Place | null {
    const known = this.#places.get(inode);
    if (known !== undefined) return known;
    for (const { parent, name } of inode.names) {
      const above = this.#directory(parent);
      if (above !== null) return below(above, name);
    }
    return null;
  }

  #directory(directory: Inode): Place | null {
    const chain: Inode[] = [];
    let at: Inode | undefined = directory;
    for (; at !== undefined && !this.#places.has(at); at = parentOf(at)) {
      this.#places.set(at, null);
      chain.push(at);
    }
    let place = at === undefined ? null : (this.#places.get(at) ?? null);
    for (let inode = chain.pop(); inode !== undefined && place !== null; inode = chain.pop()) {
      const [dirent] = inode.names;
      place = dirent === undefined ? null : below(place, dirent.name);
      this.#places.set(inode, place);
    }
    return place;
  }
}

function below({ path, depth }: Place, name: Buffer): Place {
  return { path: path.length === 0 ? name : Buffer.concat([path, slash, name]), depth: depth + 1 };
}

const slash = Buffer.from('/');

function parentOf(inode: Inode): Inode | undefined {
  const [dirent] = inode.names;
  return dirent?.parent;
}

function isInCycle(inode: Inode): boolean {
  const seen = new Set<Inode>();
  for (let at = parentOf(inode); at !== undefined && !seen.has(at); at = parentOf(at)) {
    if (at === inode) return true;
    seen.add(at);
  }
  return false;
}

/** Reading moves the time of last access, and nobody tells of it: it is no difference. */
function isEqualMeta(a: EntryMeta, b: EntryMeta): boolean {
  return (
    a.ctimeNs === b.ctimeNs &&
    a.mtimeNs === b.mtimeNs &&
    a.size === b.size &&
    a.mode === b.mode &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.inode === b.inode &&
    a.deviceId === b.deviceId &&
    a.links === b.links &&
    a.rdev === b.rdev &&
    isEqualBytes(a.linkTarget, b.linkTarget) &&
    a.xattrs.length === b.xattrs.length &&
    a.xattrs.every(({ name, value }, index) => {
      const other = b.xattrs[index];
      return other !== undefined && isEqualBytes(name, other.name) && isEqualBytes(value, other.value);
    })
  );
}

function isEqualBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : Buffer.compare(a, b) === 0;
}
