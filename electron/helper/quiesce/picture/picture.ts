import type { EntryMeta } from '../contract.ts';
import { doubtNs } from '../ctime/granularity.ts';
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
import { forgetLoose } from './forget.ts';
import { inodeOfKey, isOtherGeneration } from './inode-of-key.ts';
import { addInode, learn } from './learn.ts';
import type { MarkSet } from './mark-set.ts';
import { PictureState } from './picture-state.ts';
import { replaceNames } from './replace-names.ts';
import { newViewEntry } from './view.ts';

export interface PictureOptions {
  /** Type of the filesystem. Without it nothing is believed after a doubt, and all is read anew. */
  readonly fsType?: string;
}

export function createPicture(root: Look, options: PictureOptions = {}): Picture {
  return new TreePicture(root, options.fsType ?? '');
}

interface MarkedPlace {
  readonly key: HandleKey;
  readonly path: Buffer;
  readonly meta: EntryMeta;
  readonly depth: number;
}

/** A file of this name decides what else of its folder is left out. */
const ruleName = Buffer.from('CACHEDIR.TAG');

class TreePicture implements Picture {
  readonly rootKey: HandleKey;
  readonly doubts: string[] = [];
  told = 0;
  readonly #state: PictureState;
  readonly #marks: PictureState['marks'];
  readonly #inodes: PictureState['tree']['inodes'];
  #isComplete = false;
  /** Since the last walk began. */
  #isDoubtful = true;

  constructor(root: Look, fsType: string) {
    this.rootKey = root.key;
    this.#state = new PictureState(root.key, fsType);
    this.#marks = this.#state.marks;
    this.#inodes = this.#state.tree.inodes;
    this.#state.root = addInode(this.#state, root);
    this.#marks.look.add(this.#state.root);
  }

  get isComplete(): boolean {
    return this.#isComplete;
  }

  content(key: HandleKey): void {
    const id = this.#whoever(key);
    if (id < 0 || !this.#inodes.isFile(id)) return;
    this.#inodes.setHeard(id, true);
    this.#marks.look.add(id);
    this.#state.markWritten(id);
    this.#markRuled(id);
  }

  metadata(key: HandleKey): void {
    const id = this.#whoever(key);
    if (id >= 0 && !this.#inodes.isStandIn(id)) this.#marks.look.add(id);
  }

  names(key: HandleKey): void {
    const id = this.#whoever(key);
    if (this.#state.tree.rowOf(id) < 0) return;
    this.#marks.look.add(id);
    this.#marks.names.add(id);
  }

  doubt(reason: string): void {
    this.doubts.push(reason);
    this.#isComplete = false;
    this.#isDoubtful = true;
  }

  beginWalk(): void {
    const { walk, listings, tree, root } = this.#state;
    walk.begin(this.#settledBeforeNs(), this.#marks.told());
    this.#isDoubtful = false;
    listings.clear();
    this.#marks.look.clear();
    this.#marks.look.add(root);
    for (let id = 0; id < this.#inodes.high; id += 1) if (tree.rowOf(id) >= 0) this.#marks.names.add(id);
  }

  beginRecheck(): void {
    this.#state.walk.settledBeforeNs = this.#settledBeforeNs();
  }

  recheck(inode: bigint): number {
    const ids = this.#inodes.idsOfInode(inode);
    for (const id of ids) {
      this.#inodes.setLookedAtIn(this.#state.walk.number - 1, id);
      this.#marks.look.add(id);
      if (this.#state.tree.rowOf(id) >= 0) this.#marks.names.add(id);
    }
    return ids.length;
  }

  endWalk(): number {
    const { walk, tree } = this.#state;
    const reach = this.#state.reach();
    let isWhole = walk.number > 0;
    for (const id of this.#marks.names)
      if (tree.directories.listedInWalk[tree.rowOf(id)] !== walk.number && reach.has(id)) isWhole = false;
    this.#isComplete = isWhole && !this.#isDoubtful;
    return walk.end();
  }

  setNames(directory: HandleKey, entries: readonly NamedLook[], isWhole = true): void {
    const { tree, walk, listings, unreadable } = this.#state;
    const parent = this.#inodes.find(directory);
    const row = tree.rowOf(parent);
    if (row < 0) return;
    const isFirst = tree.directories.listedInWalk[row] === -1;
    const isDifferent = replaceNames(this.#state, parent, entries);
    if (isDifferent || isFirst || !isWhole) tree.touchBelow(parent);
    if (isDifferent && !isFirst) walk.differs(parent);
    tree.directories.listedInWalk[row] = walk.number;
    listings.end(parent);
    if (isWhole) unreadable.delete(parent);
    else unreadable.add(parent);
  }

  setLook(look: Look): void {
    if (this.#inodes.find(look.key) >= 0) learn(this.#state, look);
  }

  setContent(key: HandleKey, content: PictureContent): void {
    const { contents, unreadable } = this.#state;
    const id = this.#inodes.find(key);
    if (id < 0 || !this.#inodes.isFile(id)) return;
    contents.delete(id);
    if (content.state === 'wanted') {
      this.#state.markWritten(id);
      return;
    }
    if (content.state !== 'same') this.#state.touchRead(id);
    contents.set(id, content);
    if (!this.#marks.written.has(id)) this.#marks.wanted.delete(id);
    if (content.state === 'unreadable') unreadable.add(id);
    else unreadable.delete(id);
  }

  clearNamesMark(directory: HandleKey): void {
    const id = this.#inodes.find(directory);
    if (this.#state.tree.rowOf(id) < 0) return;
    this.#marks.names.delete(id);
    this.#state.listings.begin(id);
  }

  clearLookMark(key: HandleKey): void {
    const id = this.#inodes.find(key);
    if (id < 0) return;
    this.#marks.look.delete(id);
    this.#state.listings.lookedAt(id);
  }

  clearContentMark(key: HandleKey): void {
    const id = this.#inodes.find(key);
    if (id >= 0 && this.#marks.written.delete(id)) this.#state.contents.delete(id);
  }

  directoriesToList(): MarkedPlace[] {
    return this.#places(this.#marks.names).sort((a, b) => a.depth - b.depth);
  }

  namesIn(directory: HandleKey): number {
    return this.#state.tree.namesIn(this.#inodes.find(directory));
  }

  entriesToLookAt(): MarkedPlace[] {
    return this.#places(this.#marks.look);
  }

  filesToRead(): PictureFile[] {
    const reach = this.#state.reach();
    const files: PictureFile[] = [];
    for (const id of this.#marks.wanted) if (reach.has(id)) files.push(this.#fileOf(id));
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
    if (this.#marks.open.every(({ size }) => size === 0)) return true;
    const reach = this.#state.reach();
    for (const marks of this.#marks.open) for (const id of marks) if (reach.has(id)) return false;
    return true;
  }

  get counts(): PictureCounts {
    const { files, directories, others, bytes } = this.#state.tree.below(this.#state.root);
    return { files, directories: directories + 1, others, bytes };
  }

  countFrom(version: string | null): PictureVersion | null {
    const { contents, versions } = this.#state;
    const base = versions.find(version);
    this.#state.base = base;
    contents.clear();
    this.#marks.written.clear();
    this.#marks.wanted.clear();
    for (let id = 0; id < this.#inodes.high; id += 1)
      if (this.#inodes.isFile(id) && !this.#state.isSame(id)) this.#marks.wanted.add(id);
    return base && { id: base.id, flushedNs: base.flushedNs };
  }

  markVersion(flushedNs: bigint | null): PictureVersion {
    if (!this.#isComplete || !this.isClean)
      throw new Error('a version was to be marked of a picture with something left to look at');
    const { versions, tree, unreadable } = this.#state;
    const { id } = versions.add(tree.now, flushedNs);
    tree.now += 1;
    for (const each of unreadable) this.#state.touchUnreadable(each);
    return { id, flushedNs };
  }

  view({ rootName, fsType }: Parameters<Picture['view']>[0]): ReturnType<Picture['view']> {
    const { tree, base, root } = this.#state;
    const contentOf = (id: number): PictureContent => this.#state.contentOf(id);
    return { root: newViewEntry(rootName, root, { tree, fsType, base, contentOf }) };
  }

  endRun(): void {
    const { contents, listings, unreadable, tree } = this.#state;
    this.#state.base = null;
    contents.clear();
    this.#marks.written.clear();
    this.#marks.wanted.clear();
    listings.clear();
    for (const id of unreadable) {
      this.#marks.look.add(id);
      if (tree.rowOf(id) >= 0) this.#marks.names.add(id);
    }
    forgetLoose(this.#state);
    if (this.#isComplete) this.doubts.length = 0;
  }

  #settledBeforeNs(): bigint | null {
    const flushedNs = this.#state.versions.last?.flushedNs ?? null;
    return flushedNs === null ? null : flushedNs - doubtNs();
  }

  /** Who an event is of; -1 for somebody else. */
  #whoever(key: HandleKey): number {
    const id = this.#inodes.find(key);
    if (id < 0) {
      this.#state.listings.heardOf(key);
      this.#doubtOthers(key);
    } else {
      this.told += 1;
      this.#state.walk.heard(id);
    }
    return id;
  }

  /**
   * An inode can be given another generation (FS_IOC_SETVERSION, EXT4_IOC_SWAP_BOOT), and nobody tells: what is told later
   * is of nobody known. So what has the same number is looked at again, its name too: that shows which of both is there.
   */
  #doubtOthers(key: HandleKey): void {
    const inode = inodeOfKey(key);
    if (inode === undefined) return;
    for (const id of this.#inodes.idsOfInode(inode)) {
      if (!isOtherGeneration(key, this.#inodes.keyOf(id))) continue;
      this.told += 1;
      this.#state.walk.heard(id);
      this.#marks.look.add(id);
      if (this.#inodes.isFile(id)) this.#state.markWritten(id);
      if (this.#state.tree.rowOf(id) >= 0) this.#marks.names.add(id);
      const { names } = this.#state.tree;
      for (let name = this.#inodes.firstName[id] ?? -1; name >= 0; name = names.nextOfChild[name] ?? -1) {
        const parent = names.parent[name] ?? 0;
        this.#state.walk.heard(parent);
        this.#marks.look.add(parent);
        this.#marks.names.add(parent);
      }
    }
  }

  #markRuled(id: number): void {
    const { names } = this.#state.tree;
    for (let name = this.#inodes.firstName[id] ?? -1; name >= 0; name = names.nextOfChild[name] ?? -1)
      if (names.is(name, ruleName)) this.#marks.names.add(names.parent[name] ?? 0);
  }

  #fileOf(id: number): PictureFile {
    const key = this.#inodes.keyOf(id);
    const path = (): Buffer | null => {
      const now = this.#inodes.find(key);
      return now < 0 ? null : (this.#state.reach().pathOf(now)?.path ?? null);
    };
    return { key, meta: this.#inodes.metaOf(id), content: this.#state.currentContentOf(id), path };
  }

  #places(marks: MarkSet): MarkedPlace[] {
    const reach = this.#state.reach();
    const found: MarkedPlace[] = [];
    for (const id of marks) {
      const place = reach.pathOf(id);
      if (place !== null) found.push({ key: this.#inodes.keyOf(id), meta: this.#inodes.metaOf(id), ...place });
    }
    return found;
  }
}
