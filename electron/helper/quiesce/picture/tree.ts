import type { EntryMeta } from '../contract.ts';
import type { HandleKey } from '../tracking/contract.ts';
import type { PictureCounts } from './contract.ts';
import { DirectoryTable } from './directory-table.ts';
import { InodeTable } from './inode-table.ts';
import { ManyNames } from './many-names.ts';
import { NameTable } from './name-table.ts';

/**
 * Inodes, names and directories as one tree, by number. Knows what leads where, what is below, and when it last changed;
 * not what may be different by now.
 */
export class Tree {
  readonly inodes = new InodeTable();
  readonly names = new NameTable();
  readonly directories = new DirectoryTable();
  readonly #many = new ManyNames(this.names);
  /** Step of the picture: one more with each version. */
  now = 1;
  readonly above = (row: number): number => {
    const name = this.inodes.firstName[this.directories.inode[row] ?? 0] ?? -1;
    return name < 0 ? -1 : (this.inodes.directory[this.names.parent[name] ?? 0] ?? -1);
  };

  add(key: HandleKey, meta: EntryMeta, isStandIn: boolean): number {
    const id = this.inodes.add(key, meta, isStandIn);
    this.inodes.contentChanged[id] = this.now;
    this.inodes.changed[id] = this.now;
    if (meta.type === 'dir' && !isStandIn) this.inodes.directory[id] = this.directories.add(id, this.now);
    return id;
  }

  /** The row of a directory that can be listed; -1 for everything else. */
  rowOf(id: number): number {
    return id < 0 ? -1 : (this.inodes.directory[id] ?? -1);
  }

  /** The name by which a directory leads to an inode; -1 when it does not. */
  findName(parent: number, child: number, name: Uint8Array): number {
    return this.#many.find(this.inodes.firstName[child] ?? -1, parent, child, name);
  }

  namesIn(id: number): number {
    const row = this.rowOf(id);
    if (row < 0) return 0;
    let count = 0;
    for (let name = this.directories.firstName[row] ?? -1; name >= 0; name = this.names.next[name] ?? -1) count += 1;
    return count;
  }

  /** Adds a name at the end of a directory. */
  attach(parent: number, child: number, name: Uint8Array): number {
    const { names, inodes, directories } = this;
    const id = names.add(parent, child, name);
    const row = this.rowOf(parent);
    const last = directories.lastName[row] ?? -1;
    names.previous[id] = last;
    if (last < 0) directories.firstName[row] = id;
    else names.next[last] = id;
    directories.lastName[row] = id;
    const first = inodes.firstName[child] ?? -1;
    names.nextOfChild[id] = first;
    if (first >= 0) names.previousOfChild[first] = id;
    inodes.firstName[child] = id;
    this.#many.added(child, id);
    this.touchNames(row);
    this.#count(row, child, 1);
    return id;
  }

  detach(id: number): void {
    const { names, inodes, directories } = this;
    const child = names.child[id] ?? 0;
    const row = this.rowOf(names.parent[id] ?? -1);
    const [next, previous] = [names.next[id] ?? -1, names.previous[id] ?? -1];
    if (previous < 0) directories.firstName[row] = next;
    else names.next[previous] = next;
    if (next < 0) directories.lastName[row] = previous;
    else names.previous[next] = previous;
    this.touchNames(row);
    this.#count(row, child, -1);
    const [nextName, previousName] = [names.nextOfChild[id] ?? -1, names.previousOfChild[id] ?? -1];
    if (previousName < 0) inodes.firstName[child] = nextName;
    else names.nextOfChild[previousName] = nextName;
    if (nextName >= 0) names.previousOfChild[nextName] = previousName;
    this.#many.removed(child, id);
    names.delete(id);
  }

  /** Takes a directory apart that nothing leads to. `onOrphan` is told of what nothing leads to any more then. */
  forget(id: number, onOrphan: (child: number) => void): void {
    const row = this.rowOf(id);
    if (row >= 0) {
      for (let name = this.directories.firstName[row] ?? -1; name >= 0; name = this.directories.firstName[row] ?? -1) {
        const child = this.names.child[name] ?? 0;
        this.detach(name);
        if ((this.inodes.firstName[child] ?? -1) < 0) onOrphan(child);
      }
      this.directories.delete(row);
    }
    this.#many.forget(id);
    this.inodes.delete(id);
  }

  /** Its size as of a look; the totals follow. */
  setMeta(id: number, meta: EntryMeta): void {
    const difference = Number(meta.size) - this.inodes.sizeOf(id);
    this.inodes.setMeta(id, meta);
    if (difference === 0 || !this.inodes.isFile(id)) return;
    for (let name = this.inodes.firstName[id] ?? -1; name >= 0; name = this.names.nextOfChild[name] ?? -1)
      this.directories.countBytes(this.rowOf(this.names.parent[name] ?? -1), difference, this.above);
  }

  below(id: number): PictureCounts {
    this.directories.settle(this.above);
    const row = this.rowOf(id);
    return row < 0 ? nothing : this.directories.below(row);
  }

  /** Something in this directory changed: so did whatever is above. Ends where that has been said in this step. */
  touchBelow(directory: number): void {
    const { belowChanged } = this.directories;
    for (let row = this.rowOf(directory); row >= 0 && belowChanged[row] !== this.now; row = this.above(row))
      belowChanged[row] = this.now;
  }

  /** The names in a directory are not what they were in any version before. `row`: of the directory. */
  touchNames(row: number): void {
    if (row >= 0) this.directories.namesChanged[row] = this.now;
  }

  /**
   * Something of an inode changed: so did all directories that lead to it. Ends where that has been said in this step: a
   * directory that came to lead to it since was told by its listing.
   */
  touchAbove(id: number): void {
    if (this.inodes.changed[id] === this.now) return;
    this.inodes.changed[id] = this.now;
    for (let name = this.inodes.firstName[id] ?? -1; name >= 0; name = this.names.nextOfChild[name] ?? -1)
      this.touchBelow(this.names.parent[name] ?? -1);
  }

  /** Nothing of it, or below it, changed after a step. What a file holds is somebody else's to say. */
  isUntouchedSince(step: number, id: number): boolean {
    const { changed, contentChanged } = this.inodes;
    if ((changed[id] ?? 0) > step || (contentChanged[id] ?? 0) > step) return false;
    const row = this.rowOf(id);
    return row < 0 || (this.directories.belowChanged[row] ?? 0) <= step;
  }

  *childrenOf(directory: number): Generator<{ readonly name: number; readonly child: number }, undefined> {
    const row = this.rowOf(directory);
    if (row < 0) return;
    for (let name = this.directories.firstName[row] ?? -1; name >= 0; name = this.names.next[name] ?? -1)
      yield { name, child: this.names.child[name] ?? 0 };
  }

  #count(row: number, child: number, sign: 1 | -1): void {
    const { inodes, directories, above } = this;
    if (inodes.isFile(child)) directories.count(row, 'file', inodes.sizeOf(child), sign, above);
    else if (inodes.isDirectory(child)) directories.count(row, 'directory', 0, sign, above);
    else directories.count(row, 'other', 0, sign, above);
    const moved = this.rowOf(child);
    if (moved >= 0) directories.countBelow(row, moved, sign, above);
  }
}

const nothing: PictureCounts = { files: 0, directories: 0, others: 0, bytes: 0 };
