import { grown, Ids, nextCapacity } from './columns.ts';
import type { PictureCounts } from './contract.ts';

/** The directory above a directory, both as rows here; -1 where there is none. */
export type RowAbove = (row: number) => number;

const filesAt = 0;
const directoriesAt = 1;
const othersAt = 2;
const bytesAt = 3;
const width = 4;

/**
 * What only directories have. Totals of what is below are kept by differences, which are carried upwards when somebody
 * asks: a change costs no climb to the root, however deep it is.
 */
export class DirectoryTable {
  readonly #ids = new Ids();
  #capacity = 256;
  inode = new Int32Array(this.#capacity);
  firstName = new Int32Array(this.#capacity);
  lastName = new Int32Array(this.#capacity);
  /** When anything below last changed, in steps of the picture. */
  belowChanged = new Uint32Array(this.#capacity);
  /** When a name in it last came, went or led elsewhere. */
  namesChanged = new Uint32Array(this.#capacity);
  /** The walk in which it was last listed; -1: never. */
  listedInWalk = new Int32Array(this.#capacity);
  #listing = new Uint8Array(this.#capacity);
  #totals = new Float64Array(this.#capacity * width);
  #pending = new Float64Array(this.#capacity * width);
  /** Something is pending, here or below. */
  #isDirty = new Uint8Array(this.#capacity);
  #dirty: number[] = [];

  add(inode: number, now: number): number {
    const row = this.#ids.take();
    if (row >= this.#capacity) this.#grow();
    this.inode[row] = inode;
    this.firstName[row] = -1;
    this.lastName[row] = -1;
    this.belowChanged[row] = now;
    this.namesChanged[row] = now;
    this.listedInWalk[row] = -1;
    this.#totals.fill(0, row * width, (row + 1) * width);
    this.#pending.fill(0, row * width, (row + 1) * width);
    return row;
  }

  delete(row: number): void {
    if (this.#isDirty[row] === 1) {
      this.#isDirty[row] = 0;
      this.#dirty = this.#dirty.filter((each) => each !== row);
    }
    this.#ids.give(row);
  }

  /** Begins a listing; returns the bit that tells its names from those of the one before. */
  flip(row: number): number {
    this.#listing[row] = 1 - (this.#listing[row] ?? 0);
    return this.#listing[row] ?? 0;
  }

  /** Something entered a directory (`sign` 1) or left it (-1). */
  count(row: number, kind: 'file' | 'directory' | 'other', bytes: number, sign: 1 | -1, above: RowAbove): void {
    const at = kind === 'file' ? filesAt : kind === 'directory' ? directoriesAt : othersAt;
    this.#add(row * width + at, sign);
    if (bytes !== 0) this.#add(row * width + bytesAt, sign * bytes);
    this.#markDirty(row, above);
  }

  countBytes(row: number, bytes: number, above: RowAbove): void {
    this.#add(row * width + bytesAt, bytes);
    this.#markDirty(row, above);
  }

  /** The same for all that is below a directory. What is pending there is carried on by itself. */
  countBelow(row: number, moved: number, sign: 1 | -1, above: RowAbove): void {
    for (let at = 0; at < width; at += 1) this.#add(row * width + at, sign * (this.#totals[moved * width + at] ?? 0));
    this.#markDirty(row, above);
    // What is pending in it goes to whoever holds it then.
    if (this.#isDirty[moved] === 1) this.#markDirty(row, above);
  }

  below(row: number): PictureCounts {
    const at = row * width;
    return {
      files: this.#totals[at + filesAt] ?? 0,
      directories: this.#totals[at + directoriesAt] ?? 0,
      others: this.#totals[at + othersAt] ?? 0,
      bytes: this.#totals[at + bytesAt] ?? 0,
    };
  }

  /** Carries all differences up. Lowest first; rows in a circle, which a move seen by halves can make, have to wait. */
  settle(above: RowAbove): void {
    if (this.#dirty.length === 0) return;
    const waitsFor = new Map<number, number>();
    for (const row of this.#dirty) {
      const parent = above(row);
      if (parent >= 0) waitsFor.set(parent, (waitsFor.get(parent) ?? 0) + 1);
    }
    const ready = this.#dirty.filter((row) => !waitsFor.has(row));
    for (let row = ready.pop(); row !== undefined; row = ready.pop()) {
      const parent = above(row);
      this.#apply(row, parent);
      this.#isDirty[row] = 0;
      if (parent < 0) continue;
      const left = (waitsFor.get(parent) ?? 1) - 1;
      waitsFor.set(parent, left);
      if (left === 0) ready.push(parent);
    }
    this.#dirty = this.#dirty.filter((row) => this.#isDirty[row] === 1);
  }

  #apply(row: number, parent: number): void {
    for (let part = 0; part < width; part += 1) {
      const at = row * width + part;
      const difference = this.#pending[at] ?? 0;
      if (difference === 0) continue;
      this.#pending[at] = 0;
      this.#totals[at] = (this.#totals[at] ?? 0) + difference;
      if (parent >= 0) this.#add(parent * width + part, difference);
    }
  }

  #add(at: number, difference: number): void {
    this.#pending[at] = (this.#pending[at] ?? 0) + difference;
  }

  /** Who is above somebody dirty is dirty. */
  #markDirty(row: number, above: RowAbove): void {
    for (let at = row; at >= 0 && this.#isDirty[at] === 0; at = above(at)) {
      this.#isDirty[at] = 1;
      this.#dirty.push(at);
    }
  }

  #grow(): void {
    this.#capacity = nextCapacity(this.#capacity);
    this.inode = grown(this.inode, this.#capacity);
    this.firstName = grown(this.firstName, this.#capacity);
    this.lastName = grown(this.lastName, this.#capacity);
    this.belowChanged = grown(this.belowChanged, this.#capacity);
    this.namesChanged = grown(this.namesChanged, this.#capacity);
    this.listedInWalk = grown(this.listedInWalk, this.#capacity);
    this.#listing = grown(this.#listing, this.#capacity);
    this.#isDirty = grown(this.#isDirty, this.#capacity);
    this.#totals = grown(this.#totals, this.#capacity * width);
    this.#pending = grown(this.#pending, this.#capacity * width);
  }
}
