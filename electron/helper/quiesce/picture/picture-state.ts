import type { HandleKey } from '../tracking/contract.ts';
import { Contents } from './contents.ts';
import type { PictureContent } from './contract.ts';
import { Marks } from './marks.ts';
import { OpenListings } from './open-listings.ts';
import { Reach } from './reach.ts';
import { Tree } from './tree.ts';
import { type Version, Versions } from './versions.ts';
import { Walk } from './walk.ts';

const wanted: PictureContent = { state: 'wanted' };
const same: PictureContent = { state: 'same' };

/** All that a picture knows, and what a change of one part means for the others. */
export class PictureState {
  readonly rootKey: HandleKey;
  readonly fsType: string;
  readonly tree = new Tree();
  readonly contents = new Contents(this.tree.inodes);
  readonly marks = new Marks();
  readonly versions = new Versions();
  readonly walk = new Walk();
  readonly listings = new OpenListings();
  /** Could not be read, or not all of it. */
  readonly unreadable = new Set<number>();
  /** Nothing may lead to these any more. */
  readonly loose = new Set<number>();
  /** What the run counts from. */
  base: Version | null = null;
  root = -1;

  constructor(rootKey: HandleKey, fsType: string) {
    this.rootKey = rootKey;
    this.fsType = fsType;
  }

  reach(): Reach {
    return new Reach(this.tree, this.root);
  }

  isSame(id: number): boolean {
    return this.base !== null && (this.tree.inodes.contentChanged[id] ?? 0) <= this.base.step;
  }

  /** As of the last reading, whatever was told since. */
  contentOf(id: number): PictureContent {
    return this.contents.get(id) ?? (this.isSame(id) ? same : wanted);
  }

  currentContentOf(id: number): PictureContent {
    return this.marks.written.has(id) ? wanted : this.contentOf(id);
  }

  /** It may have been written to. What is known of it stays for a view that is already made. */
  markWritten(id: number): void {
    const { tree, marks, contents } = this;
    if (this.base !== null && !contents.has(id) && this.isSame(id)) contents.set(id, same);
    marks.written.add(id);
    marks.wanted.add(id);
    if (tree.inodes.contentChanged[id] === tree.now) return;
    tree.inodes.contentChanged[id] = tree.now;
    tree.touchAbove(id);
  }

  /**
   * What is as in a version is so at the same place only: what leads to this is new, so everything below counts as changed.
   * Which of it is left out depends on the place too: all of it is listed again.
   */
  touchMoved(moved: number): void {
    const { tree, marks, contents } = this;
    const pending = [moved];
    // A move seen by halves can make a circle.
    const met = new Set(pending);
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      tree.inodes.contentChanged[id] = tree.now;
      if (tree.inodes.isFile(id)) {
        if (contents.get(id)?.state === 'same') contents.delete(id);
        if (!contents.has(id)) marks.wanted.add(id);
      }
      if (tree.rowOf(id) >= 0) marks.names.add(id);
      tree.touchBelow(id);
      tree.touchNames(tree.rowOf(id));
      tree.touchAbove(id);
      for (const { child } of tree.childrenOf(id)) {
        if (met.has(child)) continue;
        met.add(child);
        pending.push(child);
      }
    }
  }

  /** It was read although it passes for the same: what was read is what counts. */
  touchRead(id: number): void {
    const { tree } = this;
    if (!this.isSame(id)) return;
    tree.inodes.contentChanged[id] = tree.now;
    tree.touchAbove(id);
  }

  /** It could not be read: the next run does not find it as it was. */
  touchUnreadable(id: number): void {
    this.tree.inodes.contentChanged[id] = this.tree.now;
    this.tree.touchBelow(id);
    this.tree.touchNames(this.tree.rowOf(id));
    this.tree.touchAbove(id);
  }

  detach(name: number): void {
    this.loose.add(this.tree.names.child[name] ?? 0);
    this.tree.detach(name);
  }
}
