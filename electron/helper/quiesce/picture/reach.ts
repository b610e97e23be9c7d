import type { Tree } from './tree.ts';

/** Which inodes the root leads to, and how, as long as nothing is changed. Climbs; each directory once. */
export class Reach {
  readonly #tree: Tree;
  readonly #known: Map<number, boolean>;

  constructor(tree: Tree, root: number) {
    this.#tree = tree;
    this.#known = new Map([[root, true]]);
  }

  has(id: number): boolean {
    return this.#known.get(id) === true || this.#nameOf(id) >= 0;
  }

  /** From the root, joined by `/`, by the first name that comes from there; null when none does. */
  pathOf(id: number): { readonly path: Buffer; readonly depth: number } | null {
    const { names, inodes } = this.#tree;
    if (!this.has(id)) return null;
    const steps: number[] = [];
    let length = -1;
    let name = this.#nameOf(id);
    while (name >= 0) {
      steps.push(name);
      length += names.lengthOf(name) + 1;
      const parent = names.parent[name] ?? -1;
      // A directory has one name; the root, whatever is above it, none.
      name = this.#isRoot(parent) ? -1 : (inodes.firstName[parent] ?? -1);
    }
    const path = Buffer.alloc(Math.max(0, length), slash);
    let at = length;
    for (const step of steps) {
      at -= names.lengthOf(step);
      names.copy(step, path, at);
      at -= 1;
    }
    return { path, depth: steps.length };
  }

  #isRoot(id: number): boolean {
    return (this.#tree.inodes.firstName[id] ?? -1) < 0;
  }

  /** A name that comes from the root; -1 when none does. */
  #nameOf(id: number): number {
    const { names, inodes } = this.#tree;
    for (let name = inodes.firstName[id] ?? -1; name >= 0; name = names.nextOfChild[name] ?? -1)
      if (this.#isDirectoryReached(names.parent[name] ?? -1)) return name;
    return -1;
  }

  #isDirectoryReached(directory: number): boolean {
    const { names, inodes } = this.#tree;
    const chain: number[] = [];
    let at = directory;
    let known = this.#known.get(at);
    while (known === undefined) {
      // What leads back to itself leads nowhere.
      this.#known.set(at, false);
      chain.push(at);
      const name = inodes.firstName[at] ?? -1;
      if (name < 0) return false;
      at = names.parent[name] ?? -1;
      known = this.#known.get(at);
    }
    if (known) for (const each of chain) this.#known.set(each, true);
    return known;
  }
}

const slash = 0x2f;
