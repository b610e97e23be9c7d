import { isDeepStrictEqual } from 'node:util';
import { createPicture } from '../index.ts';
import { compareTrees } from './compare-trees.ts';
import { Random } from './random.ts';
import { SimulatedFilesystem, type SimulatedInode } from './simulated-filesystem.ts';
import { type Mistakes, SimulatedRun, type StoredTree } from './simulated-run.ts';
import { type Base, storeView } from './store-view.ts';

export interface Scenario {
  /** At times events are lost, and it is told; files are written through mappings. */
  readonly losesEvents?: boolean;
  /** At times files and folders cannot be read. */
  readonly breaks?: boolean;
  /** Little happens. */
  readonly quiet?: boolean;
  readonly mistakes?: Mistakes;
  readonly newPicture?: typeof createPicture;
  /** Files of a snapshot, and how many of them were not taken from the one before. */
  readonly onTaken?: (files: number, read: number) => void;
}

const runs = 8;

/** Many runs over one filesystem, judged by what the filesystem held at each still point. Throws where one differs. */
export async function playScenario(seed: number, scenario: Scenario): Promise<void> {
  const random = new Random(seed);
  const fs = new SimulatedFilesystem();
  const root = fs.create(fs.top, 'source', 'dir');
  const world = new World(fs, root, random, scenario);
  for (let count = 0; count < 60; count += 1) world.act();
  fs.loseEvents();
  const make = scenario.newPicture ?? createPicture;
  const picture = make(fs.look(root), { fsType: 'ext4' });
  const stored = new Map<string, StoredTree>();
  const chance = (probability: number): boolean => random.chance(probability);
  const meanwhile = (): void => {
    if (random.chance(scenario.quiet ? 0.002 : 0.1)) world.act();
  };
  for (let count = 0; count < runs; count += 1) {
    const versions = [...stored.keys()];
    const wish = random.chance(0.8) ? versions.at(-1) : random.pick(versions);
    const from = picture.countFrom(random.chance(0.05) ? null : (wish ?? null));
    const base: Base | null = from && { version: from.id, tree: stored.get(from.id) ?? new Map() };
    const run = new SimulatedRun({ fs, root, picture, meanwhile, chance, mistakes: scenario.mistakes ?? {} });
    const untold = run.prepare(random.chance(0.2), random.below(4));
    if (!scenario.losesEvents && !scenario.breaks && untold > 0)
      throw new Error(`${untold} differences that no event told of`);
    let held = run.hold();
    for (let tries = 0; held === undefined || random.chance(0.2); tries += 1) {
      if (tries > 50) throw new Error('no still point');
      for (let acts = random.below(5); acts > 0; acts -= 1) world.act();
      run.prepare(false, random.below(2));
      held = run.hold();
    }
    const after = (): void => {
      meanwhile();
      if (random.chance(0.05)) fs.drain(picture);
    };
    after();
    const ancestors = [] as const;
    const view = picture.view({ ancestors, rootName: Buffer.from('source'), fsType: 'ext4' });
    const tree = await storeView(view.root, base, after);
    compareTrees(tree, held.tree, `seed ${seed}, run ${count}`, world.broken);
    if (!isDeepStrictEqual(picture.counts, countsOf(tree))) throw new Error(`seed ${seed}, run ${count}: counts`);
    scenario.onTaken?.(picture.counts.files, picture.counts.files - sameFiles(tree, base));
    if (random.chance(0.85)) stored.set(held.version, tree);
    picture.endRun();
    for (let acts = random.below(scenario.quiet ? 3 : 15); acts > 0; acts -= 1) {
      world.act();
      if (random.chance(0.3)) fs.drain(picture);
    }
    world.mend();
    if (scenario.losesEvents && random.chance(0.3)) world.lose(picture);
    if (scenario.breaks) world.breakSome();
  }
}

class World {
  readonly broken = new Set<bigint>();
  readonly #fs: SimulatedFilesystem;
  readonly #root: SimulatedInode;
  readonly #random: Random;
  readonly #scenario: Scenario;
  #names = 0;

  constructor(fs: SimulatedFilesystem, root: SimulatedInode, random: Random, scenario: Scenario) {
    this.#fs = fs;
    this.#root = root;
    this.#random = random;
    this.#scenario = scenario;
  }

  /** One operation, by anybody, inside the source or beside it. */
  act(): void {
    const [fs, random] = [this.#fs, this.#random];
    if (random.chance(0.7)) fs.wait(BigInt(random.below(3)) * 71_000_003n + 1n);
    const folders = this.#folders();
    const folder = random.pick(folders) ?? fs.top;
    const name = random.pick([...folder.entries.keys()]);
    const inode = name === undefined ? undefined : folder.entries.get(name);
    const kind = random.below(this.#scenario.losesEvents ? 15 : 12);
    if (kind < 2 || inode === undefined || name === undefined) {
      if (folder.entries.size < 12) fs.create(folder, this.#newName(folder), random.chance(0.1) ? 'symlink' : 'file');
      return;
    }
    if (inode === this.#root) return;
    const other = random.pick(folders) ?? fs.top;
    if (kind === 2) fs.create(folder, this.#newName(folder), 'dir');
    else if (kind < 5 && inode.type === 'file') fs.write(inode);
    else if (kind === 5) fs.chmod(inode, random.below(0o777));
    else if (kind === 6) fs.access(inode);
    else if (kind === 7 && inode.type !== 'dir') fs.link(inode, other, this.#newName(other));
    else if (kind === 8 && random.chance(0.5) && !this.#holdsRoot(inode)) fs.remove(folder, name);
    else if (kind < 11) fs.rename(folder, name, other, this.#target(other));
    else if (kind === 11) fs.rename(folder, name, folder, this.#target(folder));
    else if (this.#scenario.losesEvents) this.#map(inode);
  }

  lose(listener: { doubt(reason: string): void }): void {
    for (let acts = this.#random.below(10); acts > 0; acts -= 1) this.act();
    for (const file of this.#fs.mapped) {
      if (this.#random.chance(0.5)) continue;
      this.#fs.store(file);
      this.#fs.unmap(file);
    }
    this.#fs.loseEvents();
    listener.doubt('events were lost');
  }

  breakSome(): void {
    for (const folder of this.#folders())
      for (const inode of [folder, ...folder.entries.values()])
        if (this.#random.chance(0.05) && inode.type !== 'symlink') {
          inode.isBroken = true;
          this.broken.add(inode.number);
        }
  }

  /** Nobody tells that a disk can be read again. */
  mend(): void {
    for (const inode of this.#broken) inode.isBroken = false;
    this.broken.clear();
  }

  get #broken(): SimulatedInode[] {
    const all = this.#folders().flatMap((folder) => [folder, ...folder.entries.values()]);
    return all.filter(({ number }) => this.broken.has(number));
  }

  #map(inode: SimulatedInode): void {
    if (inode.type !== 'file') return;
    if (!inode.isMapped) this.#fs.map(inode);
    else if (this.#random.chance(0.8)) this.#fs.store(inode);
    else this.#fs.unmap(inode);
    for (const file of this.#fs.mapped) if (this.#random.chance(0.5)) this.#fs.store(file);
  }

  #folders(): SimulatedInode[] {
    const found = [this.#fs.top];
    for (const folder of found)
      for (const inode of folder.entries.values()) if (inode.type === 'dir') found.push(inode);
    return found;
  }

  #holdsRoot(inode: SimulatedInode): boolean {
    for (let at: SimulatedInode | null = this.#root; at !== null; at = at.parent) if (at === inode) return true;
    return false;
  }

  #newName(folder: SimulatedInode): string {
    this.#names += 1;
    const old = this.#random.below(6);
    return folder.entries.has(`n${old}`) ? `m${this.#names}` : `n${old}`;
  }

  #target(folder: SimulatedInode): string {
    const name = this.#random.chance(0.5) ? this.#random.pick([...folder.entries.keys()]) : undefined;
    return name === undefined || folder.entries.get(name) === this.#root ? this.#newName(folder) : name;
  }
}

function countsOf(tree: StoredTree): { files: number; directories: number; others: number; bytes: number } {
  const counts = { files: 0, directories: 0, others: 0, bytes: 0 };
  for (const { meta } of tree.values()) {
    if (meta.type === 'dir') counts.directories += 1;
    else if (meta.type === 'file') counts.files += 1;
    else counts.others += 1;
    if (meta.type === 'file') counts.bytes += Number(meta.size);
  }
  return counts;
}

function sameFiles(tree: StoredTree, base: Base | null): number {
  let count = 0;
  for (const [path, entry] of tree) if (entry.content !== null && base?.tree.get(path) === entry) count += 1;
  return count;
}
