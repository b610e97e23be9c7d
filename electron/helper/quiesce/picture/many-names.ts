import { IdIndex, none } from './id-index.ts';
import type { NameTable } from './name-table.ts';

/** Names that are looked through one by one before it is worth finding them in another way. */
const few = 32;

/** Finds names of inodes that have very many: by one index for each of these. Most inodes have one name, and none here. */
export class ManyNames {
  readonly #names: NameTable;
  readonly #hashOf: (id: number) => number;
  readonly #indexes = new Map<number, IdIndex>();

  constructor(names: NameTable) {
    this.#names = names;
    this.#hashOf = (id) => names.hashOf(id);
  }

  /** The name by which a directory leads to an inode; -1 when it does not. `first` of its names. */
  find(first: number, parent: number, child: number, name: Uint8Array): number {
    const index = this.#indexes.get(child);
    if (index !== undefined) return this.#findIn(index, parent, name);
    let looked = 0;
    for (let id = first; id >= 0; id = this.#names.nextOfChild[id] ?? -1) {
      if (this.#is(id, parent, name)) return id;
      looked += 1;
      if (looked > few) return this.#findIn(this.#indexed(first, child), parent, name);
    }
    return -1;
  }

  added(child: number, id: number): void {
    this.#indexes.get(child)?.add(this.#names.hashOf(id), id, this.#hashOf);
  }

  /** Before the name is forgotten. */
  removed(child: number, id: number): void {
    this.#indexes.get(child)?.delete(this.#names.hashOf(id), id);
  }

  forget(child: number): void {
    this.#indexes.delete(child);
  }

  #indexed(first: number, child: number): IdIndex {
    const index = new IdIndex();
    this.#indexes.set(child, index);
    for (let id = first; id >= 0; id = this.#names.nextOfChild[id] ?? -1)
      index.add(this.#names.hashOf(id), id, this.#hashOf);
    return index;
  }

  #findIn(index: IdIndex, parent: number, name: Uint8Array): number {
    for (let slot = index.first(this.#names.hash(parent, name)); index.at(slot) !== none; slot = index.after(slot))
      if (this.#is(index.at(slot), parent, name)) return index.at(slot);
    return -1;
  }

  #is(id: number, parent: number, name: Uint8Array): boolean {
    return this.#names.parent[id] === parent && this.#names.is(id, name);
  }
}
