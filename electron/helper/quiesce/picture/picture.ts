import type { EntryMeta } from '../contract.ts';
import { doubtNs } from '../ctime/granularity.ts';
import { isReusable } from '../ctime/reusable.ts';
import type { HandleKey } from '../tracking/contract.ts';
import { Contents } from './contents.ts';
import type {
  Look,
  NamedLook,
  Picture,
  PictureContent,
  PictureCounts,
  PictureFile,
  PictureVersion,
} from './contract.ts';
import type { Difference } from './inode-table.ts';
import { MarkSet } from './mark-set.ts';
import { OpenListings } from './open-listings.ts';
import { Reach } from './reach.ts';
import { Tree } from './tree.ts';
import { type Version, Versions } from './versions.ts';
import { newViewEntry } from './view.ts';
import { Walk } from './walk.ts';

const wanted: PictureContent = { state: 'wanted' };
const same: PictureContent = { state: 'same' };

export interface PictureOptions {
  /** Type of the filesystem. Without it nothing is believed after a doubt, and all is read anew. */
  readonly fsType?: string;
}

export function createPicture(root: Look, options: PictureOptions = {}): Picture {
  return new TreePicture(root, options.fsType ?? '');
}

class TreePicture implements Picture {
  readonly rootKey: HandleKey;
  readonly doubts: string[] = [];
  readonly #fsType: string;
  readonly #root: number;
  readonly #tree = new Tree();
  readonly #inodes = this.#tree.inodes;
  readonly #contents = new Contents(this.#inodes);
  readonly #versions = new Versions();
  readonly #walk = new Walk();
  readonly #listings = new OpenListings();
  readonly #namesMarks = new MarkSet();
  readonly #lookMarks = new MarkSet();
  /** Written to since somebody last began to read it. */
  readonly #contentMarks = new MarkSet();
  readonly #wanted = new MarkSet();
  /** Could not be read, or not all of it. */
  readonly #unreadable = new Set<number>();
  /** Nothing may lead to these any more. */
  readonly #loose = new Set<number>();
  #base: Version | null = null;
  told = 0;
  #isComplete = false;
  #isDoubtful = true;

  constructor(root: Look, fsType: string) {
    this.rootKey = root.key;
    this.#fsType = fsType;
    this.#root = this.#addInode(root);
    this.#lookMarks.add(this.#root);
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  content(key: HandleKey): void {
    const id = this.#told(key);
    if (id < 0 || !this.#inodes.isFile(id)) return;
    this.#inodes.setHeard(id, true);
    this.#lookMarks.add(id);
    this.#markContent(id);
  }

  metadata(key: HandleKey): void {
    const id = this.#told(key);
    if (id >= 0 && !this.#inodes.isStandIn(id)) this.#lookMarks.add(id);
  }

  names(key: HandleKey): void {
    const id = this.#told(key);
    if (this.#tree.rowOf(id) < 0) return;
    this.#lookMarks.add(id);
    this.#namesMarks.add(id);
  }

  doubt(reason: string): void {
    this.doubts.push(reason);
    this.#isComplete = false;
    this.#isDoubtful = true;
  }

  beginWalk(): void {
    const flushedNs = this.#versions.last?.flushedNs ?? null;
    const marks = [this.#namesMarks, this.#lookMarks, this.#contentMarks];
    this.#walk.begin(
      flushedNs === null ? null : flushedNs - doubtNs(),
      marks.flatMap((each) => [...each]),
    );
    this.#isDoubtful = false;
    this.#listings.clear();
    this.#lookMarks.clear();
    this.#lookMarks.add(this.#root);
    for (let id = 0; id < this.#inodes.high; id += 1) if (this.#tree.rowOf(id) >= 0) this.#namesMarks.add(id);
  }

  endWalk(): number {
    const reach = this.#reach();
    const { number } = this.#walk;
    let isWhole = number > 0;
    for (const id of this.#namesMarks) if (!this.#isListedIn(number, id) && reach.has(id)) isWhole = false;
    this.#isComplete = isWhole && !this.#isDoubtful;
    return this.#walk.end();
  }

  setNames(directory: HandleKey, entries: readonly NamedLook[], isWhole = true): void {
    const parent = this.#inodes.find(directory);
    const row = this.#tree.rowOf(parent);
    if (row < 0) return;
    const { directories } = this.#tree;
    const isFirst = directories.listedInWalk[row] === -1;
    const isDifferent = this.#replaceNames(parent, row, entries);
    if (isDifferent || isFirst || !isWhole) this.#tree.touchBelow(parent);
    if (isDifferent && !isFirst) this.#walk.differs(parent);
    directories.listedInWalk[row] = this.#walk.number;
    this.#listings.end(parent);
    if (isWhole) this.#unreadable.delete(parent);
    else this.#unreadable.add(parent);
  }

  setLook(look: Look): void {
    if (this.#inodes.find(look.key) >= 0) this.#learn(look);
  }

  setContent(key: HandleKey, content: PictureContent): void {
    const id = this.#inodes.find(key);
    if (id < 0 || !this.#inodes.isFile(id)) return;
    this.#contents.delete(id);
    if (content.state === 'wanted') {
      this.#markContent(id);
      return;
    }
    this.#contents.set(id, content);
    if (!this.#contentMarks.has(id)) this.#wanted.delete(id);
    if (content.state === 'unreadable') this.#unreadable.add(id);
    else this.#unreadable.delete(id);
  }

  clearNamesMark(directory: HandleKey): void {
    const id = this.#inodes.find(directory);
    if (this.#tree.rowOf(id) < 0) return;
    this.#namesMarks.delete(id);
    this.#listings.begin(id);
  }

  clearLookMark(key: HandleKey): void {
    const id = this.#inodes.find(key);
    if (id < 0) return;
    this.#lookMarks.delete(id);
    this.#listings.lookedAt(id);
  }

  clearContentMark(key: HandleKey): void {
    const id = this.#inodes.find(key);
    if (id >= 0 && this.#contentMarks.delete(id)) this.#contents.delete(id);
  }

  directoriesToList(): { key: HandleKey; path: Buffer; meta: EntryMeta }[] {
    return this.#places(this.#namesMarks)
      .sort((a, b) => a.depth - b.depth)
      .map(({ key, path, meta }) => ({ key, path, meta }));
  }

  entriesToLookAt(): { key: HandleKey; path: Buffer; meta: EntryMeta }[] {
    return this.#places(this.#lookMarks);
  }

  filesToRead(): PictureFile[] {
    const reach = this.#reach();
    const files: PictureFile[] = [];
    for (const id of this.#wanted) if (reach.has(id)) files.push(this.#fileOf(id));
    return files;
  }

  file(key: HandleKey): PictureFile | undefined {
    const id = this.#inodes.find(key);
    return id >= 0 && this.#inodes.isFile(id) ? this.#fileOf(id) : undefined;
  }

  keysOfInode(inode: bigint): readonly HandleKey[] {
    return this.#inodes.idsOfInode(inode).map((id) => this.#inodes.keyOf(id));
  }

  get isClean(): boolean {
    const marks = [this.#namesMarks, this.#lookMarks, this.#wanted];
    if (marks.every(({ size }) => size === 0)) return true;
    const reach = this.#reach();
    for (const each of marks) for (const id of each) if (reach.has(id)) return false;
    return true;
  }

  get counts(): PictureCounts {
    const { files, directories, others, bytes } = this.#tree.below(this.#root);
    return { files, directories: directories + 1, others, bytes };
  }

  countFrom(version: string | null): PictureVersion | null {
    this.#base = this.#versions.find(version);
    this.#contents.clear();
    this.#contentMarks.clear();
    this.#wanted.clear();
    for (let id = 0; id < this.#inodes.high; id += 1)
      if (this.#inodes.isFile(id) && !this.#isSame(id)) this.#wanted.add(id);
    return this.#base && { id: this.#base.id, flushedNs: this.#base.flushedNs };
  }

  markVersion(flushedNs: bigint | null): PictureVersion {
    if (!this.#isComplete || !this.isClean)
      throw new Error('a version was to be marked of a picture with something left to look at');
    const { id } = this.#versions.add(this.#tree.now, flushedNs);
    this.#tree.now += 1;
    for (const each of this.#unreadable) {
      this.#inodes.contentChanged[each] = this.#tree.now;
      this.#tree.touchBelow(each);
      this.#tree.touchAbove(each);
    }
    return { id, flushedNs };
  }

  view({ rootName, fsType }: Parameters<Picture['view']>[0]): ReturnType<Picture['view']> {
    const contentOf = (id: number): PictureContent => this.#contentOf(id);
    return { root: newViewEntry(rootName, this.#root, { tree: this.#tree, fsType, base: this.#base, contentOf }) };
  }

  endRun(): void {
    this.#base = null;
    this.#contents.clear();
    this.#contentMarks.clear();
    this.#wanted.clear();
    this.#listings.clear();
    for (const id of this.#unreadable) {
      this.#lookMarks.add(id);
      if (this.#tree.rowOf(id) >= 0) this.#namesMarks.add(id);
    }
    this.#forgetLoose();
    if (this.#isComplete) this.doubts.length = 0;
  }

  #reach(): Reach {
    return new Reach(this.#tree, this.#root);
  }

  /** Who an event is of; -1 for somebody else. */
  #told(key: HandleKey): number {
    const id = this.#inodes.find(key);
    if (id < 0) {
      this.#listings.heardOf(key);
    } else {
      this.told += 1;
      this.#walk.heard(id);
    }
    return id;
  }

  #isListedIn(walk: number, id: number): boolean {
    return this.#tree.directories.listedInWalk[this.#tree.rowOf(id)] === walk;
  }

  #isSame(id: number): boolean {
    return this.#base !== null && (this.#inodes.contentChanged[id] ?? 0) <= this.#base.step;
  }

  #contentOf(id: number): PictureContent {
    return this.#contents.get(id) ?? (this.#isSame(id) ? same : wanted);
  }

  /** Returns whether anything is different. Names that stay keep their rows; one bit tells them from those that go. */
  #replaceNames(parent: number, row: number, entries: readonly NamedLook[]): boolean {
    const { names, directories } = this.#tree;
    const listing = directories.flip(row);
    let isDifferent = false;
    let cursor = directories.firstName[row] ?? -1;
    for (const { name, look } of entries) {
      if (look.key === this.rootKey) continue;
      const child = this.#learnListed(look);
      const isNext = cursor >= 0 && names.child[cursor] === child && names.is(cursor, name);
      const known = isNext ? cursor : this.#tree.findName(parent, child, name);
      if (known >= 0) {
        names.listing[known] = listing;
        cursor = names.next[known] ?? -1;
        continue;
      }
      isDifferent = true;
      if (this.#tree.rowOf(child) >= 0) {
        const other = this.#inodes.firstName[child] ?? -1;
        if (other === cursor && other >= 0) cursor = names.next[other] ?? -1;
        if (other >= 0) this.#takeAway(other, parent);
      }
      const added = this.#tree.attach(parent, child, name);
      names.listing[added] = listing;
      this.#touchMoved(child);
    }
    for (let name = directories.firstName[row] ?? -1; name >= 0; ) {
      const next = names.next[name] ?? -1;
      if (names.listing[name] !== listing) {
        isDifferent = true;
        this.#detach(name);
      }
      name = next;
    }
    return isDifferent;
  }

  /** A directory has one name: the newest listing is right. */
  #takeAway(name: number, parent: number): void {
    const { names } = this.#tree;
    const other = names.parent[name] ?? -1;
    this.#detach(name);
    this.#tree.touchBelow(other);
    if (other !== parent) this.#namesMarks.add(other);
  }

  #detach(name: number): void {
    this.#loose.add(this.#tree.names.child[name] ?? 0);
    this.#tree.detach(name);
  }

  #learnListed(look: Look): number {
    const isNew = this.#inodes.find(look.key) < 0;
    const id = this.#learn(look);
    if (!this.#listings.isDoubtful(id, look.key, isNew)) return id;
    this.#lookMarks.add(id);
    this.#walk.heard(id);
    return id;
  }

  #learn({ key, meta, isStandIn }: Look): number {
    const known = this.#inodes.find(key);
    if (known >= 0) {
      if (this.#inodes.isOf(known, meta.type, isStandIn)) {
        this.#lookAgain(known, meta);
        return known;
      }
      for (let name = this.#inodes.firstName[known] ?? -1; name >= 0; name = this.#inodes.firstName[known] ?? -1)
        this.#detach(name);
      this.#forget(known);
    }
    return this.#addInode({ key, meta, isStandIn });
  }

  #addInode({ key, meta, isStandIn }: Look): number {
    const id = this.#tree.add(key, meta, isStandIn);
    this.#inodes.setLookedAtIn(this.#walk.number, id);
    if (this.#tree.rowOf(id) >= 0) this.#namesMarks.add(id);
    if (meta.type === 'file') this.#wanted.add(id);
    return id;
  }

  #lookAgain(id: number, meta: EntryMeta): void {
    const difference = this.#inodes.difference(id, meta);
    const isFile = this.#inodes.isFile(id);
    if (isFile) this.#judgeContent(id, meta, difference);
    this.#inodes.setLookedAtIn(this.#walk.number, id);
    if (difference === 'none') {
      this.#inodes.setAccessTime(id, meta.atimeNs);
      return;
    }
    if (isFile) this.#contents.keepMeta(id);
    this.#tree.setMeta(id, meta);
    this.#tree.touchAbove(id);
    this.#walk.differs(id);
    if (!isFile) this.#markStandIns(id);
  }

  /** Whether a look shows that the content may be another, although nobody told. */
  #judgeContent(id: number, meta: EntryMeta, difference: Difference): void {
    const isOld = !this.#inodes.isLookedAtIn(this.#walk.number, id);
    const isUntold = difference === 'written' && !this.#inodes.isHeard(id);
    if (isUntold || (isOld && !(difference === 'none' && this.#isSettled(id, meta)))) this.#markContent(id);
    this.#inodes.setHeard(id, false);
  }

  /** Shows by its ctime that its content has not changed since it was last known. */
  #isSettled(id: number, meta: EntryMeta): boolean {
    if (!isReusable(this.#fsType, meta)) return false;
    const content = this.#contents.get(id);
    if (content?.state === 'taken') {
      const { flushedNs } = content;
      return content.meta.ctimeNs === meta.ctimeNs && flushedNs !== null && meta.ctimeNs < flushedNs - doubtNs();
    }
    const { settledBeforeNs } = this.#walk;
    return settledBeforeNs !== null && meta.ctimeNs < settledBeforeNs;
  }

  /** What is made up from their folder changed with it. */
  #markStandIns(directory: number): void {
    if (this.#tree.rowOf(directory) < 0) return;
    for (const { child } of this.#tree.childrenOf(directory)) {
      if (!this.#inodes.isStandIn(child)) continue;
      this.#namesMarks.add(directory);
      return;
    }
  }

  #markContent(id: number): void {
    if (this.#base !== null && !this.#contents.has(id) && this.#isSame(id)) this.#contents.set(id, same);
    this.#contentMarks.add(id);
    this.#wanted.add(id);
    if (this.#inodes.contentChanged[id] === this.#tree.now) return;
    this.#inodes.contentChanged[id] = this.#tree.now;
    this.#tree.touchAbove(id);
  }

  /** What is as in a version is so at the same place only: what leads to it is new, so everything below counts as changed. */
  #touchMoved(moved: number): void {
    const pending = [moved];
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      this.#inodes.contentChanged[id] = this.#tree.now;
      if (this.#inodes.isFile(id)) {
        if (this.#contents.get(id)?.state === 'same') this.#contents.delete(id);
        if (!this.#contents.has(id)) this.#wanted.add(id);
      }
      this.#tree.touchBelow(id);
      this.#tree.touchAbove(id);
      for (const { child } of this.#tree.childrenOf(id)) pending.push(child);
    }
  }

  #forgetLoose(): void {
    const reach = this.#reach();
    for (const id of this.#loose) {
      // Directories in a circle, which a move seen by halves can leave behind: nothing comes from the root.
      const name = this.#inodes.firstName[id] ?? -1;
      if (name >= 0 && this.#tree.rowOf(id) >= 0 && !reach.has(id) && this.#isInCircle(id)) this.#tree.detach(name);
    }
    this.#tree.below(this.#root);
    for (const id of this.#loose)
      if (id !== this.#root && this.#inodes.isKnown(id) && (this.#inodes.firstName[id] ?? -1) < 0) this.#forget(id);
    this.#loose.clear();
  }

  #isInCircle(id: number): boolean {
    const seen = new Set<number>();
    const row = this.#tree.rowOf(id);
    for (let at = this.#tree.above(row); at >= 0 && !seen.has(at); at = this.#tree.above(at)) {
      if (at === row) return true;
      seen.add(at);
    }
    return false;
  }

  #forget(forgotten: number): void {
    const pending = [forgotten];
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      for (const marks of [this.#namesMarks, this.#lookMarks, this.#contentMarks, this.#wanted]) marks.delete(id);
      this.#unreadable.delete(id);
      this.#contents.delete(id);
      this.#walk.forget(id);
      this.#listings.forget(id);
      this.#tree.forget(id, (orphan) => pending.push(orphan));
    }
  }

  #fileOf(id: number): PictureFile {
    const key = this.#inodes.keyOf(id);
    const content = this.#contentMarks.has(id) ? wanted : this.#contentOf(id);
    const path = (): Buffer | null => {
      const now = this.#inodes.find(key);
      return now < 0 ? null : (this.#reach().pathOf(now)?.path ?? null);
    };
    return { key, meta: this.#inodes.metaOf(id), content, path };
  }

  #places(marks: MarkSet): { key: HandleKey; path: Buffer; meta: EntryMeta; depth: number }[] {
    const reach = this.#reach();
    const found = [];
    for (const id of marks) {
      const place = reach.pathOf(id);
      if (place !== null) found.push({ key: this.#inodes.keyOf(id), meta: this.#inodes.metaOf(id), ...place });
    }
    return found;
  }
}
