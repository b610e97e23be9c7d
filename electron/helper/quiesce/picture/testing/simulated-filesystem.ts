import type { EntryMeta } from '../../contract.ts';
import type { ChangeListener, HandleKey } from '../../tracking/contract.ts';
import type { Look } from '../contract.ts';

export interface SimulatedInode {
  readonly key: HandleKey;
  readonly number: bigint;
  readonly type: 'file' | 'dir' | 'symlink';
  mode: number;
  mtimeNs: bigint;
  ctimeNs: bigint;
  atimeNs: bigint;
  /** What a file holds: a number that no two contents share. */
  content: number;
  size: bigint;
  readonly entries: Map<string, SimulatedInode>;
  /** Names that lead to it, and for a directory the one folder that holds it. */
  links: number;
  parent: SimulatedInode | null;
  /** Somebody has it mapped: stores are told by nobody until it is let go. */
  isMapped: boolean;
  /** A store into a page that is dirty already moves no time. */
  hasDirtyPage: boolean;
  /** Reading fails. */
  isBroken: boolean;
}

type ChangeKind = 'content' | 'metadata' | 'names';

const secondNs = 1_000_000_000n;

/**
 * A filesystem in memory with the rules of the real one that a picture depends on: what each operation does to names, times
 * and link counts, and which events the kernel sends, in its order, equal ones merged while they wait.
 */
export class SimulatedFilesystem {
  /** Wall clock. Moves only with `wait`: operations in between bear the same time. */
  nowNs = 1_700_000_000n * secondNs + 123_457n;
  readonly top: SimulatedInode;
  #inodes = 0;
  #contents = 0;
  #queue = new Map<string, { readonly kind: ChangeKind; readonly key: HandleKey }>();
  readonly #mapped = new Set<SimulatedInode>();
  readonly #dirty = new Set<SimulatedInode>();

  constructor() {
    this.top = this.#newInode('dir');
  }

  wait(ns: bigint): void {
    this.nowNs += ns;
    if (this.nowNs % secondNs === 0n) this.nowNs += 1n;
  }

  create(parent: SimulatedInode, name: string, type: SimulatedInode['type'] = 'file'): SimulatedInode {
    const inode = this.#newInode(type);
    this.#add(parent, name, inode);
    this.#tell('names', parent);
    if (type === 'file') this.#tell('content', inode);
    return inode;
  }

  write(file: SimulatedInode): void {
    this.#newContent(file);
    file.mtimeNs = this.nowNs;
    file.ctimeNs = this.nowNs;
    this.#tell('content', file);
  }

  chmod(inode: SimulatedInode, mode: number): void {
    inode.mode = mode;
    inode.ctimeNs = this.nowNs;
    this.#tell('metadata', inode);
  }

  /** Reads: moves the time of last access, tells nobody. */
  access(inode: SimulatedInode): void {
    inode.atimeNs = this.nowNs;
  }

  link(inode: SimulatedInode, parent: SimulatedInode, name: string): void {
    this.#add(parent, name, inode);
    inode.ctimeNs = this.nowNs;
    this.#tell('names', parent);
    this.#tell('metadata', inode);
  }

  /** Takes the name away; of a directory everything below it first. */
  remove(parent: SimulatedInode, name: string): void {
    const inode = parent.entries.get(name);
    if (inode === undefined) return;
    for (const below of [...inode.entries.keys()]) this.remove(inode, below);
    this.#drop(parent, name);
    this.#tell('names', parent);
    if (inode.links > 0) this.#tell('metadata', inode);
  }

  /** Replaces what is there, if it can be replaced; false where the kernel refuses. */
  rename(from: SimulatedInode, name: string, to: SimulatedInode, newName: string): boolean {
    const inode = from.entries.get(name);
    if (inode === undefined) return false;
    for (let at: SimulatedInode | null = to; at !== null; at = at.parent) if (at === inode) return false;
    const replaced = to.entries.get(newName);
    if (replaced === inode) return false;
    if (replaced !== undefined) {
      if ((replaced.type === 'dir') !== (inode.type === 'dir') || replaced.entries.size > 0) return false;
      this.#drop(to, newName);
    }
    this.#drop(from, name);
    this.#add(to, newName, inode);
    inode.ctimeNs = this.nowNs;
    this.#tell('names', from);
    this.#tell('names', to);
    // It may have other names, which show the same ctime.
    this.#tell('metadata', inode);
    if (replaced !== undefined && replaced.links > 0) this.#tell('metadata', replaced);
    return true;
  }

  map(file: SimulatedInode): void {
    file.isMapped = true;
    this.#mapped.add(file);
  }

  /** A store through the mapping. Told to nobody; moves the times only when the page is clean. */
  store(file: SimulatedInode): void {
    this.#newContent(file, file.size);
    if (file.hasDirtyPage) return;
    file.hasDirtyPage = true;
    this.#dirty.add(file);
    file.mtimeNs = this.nowNs;
    file.ctimeNs = this.nowNs;
  }

  unmap(file: SimulatedInode): void {
    file.isMapped = false;
    this.#mapped.delete(file);
    this.#tell('content', file);
  }

  get mapped(): readonly SimulatedInode[] {
    return [...this.#mapped];
  }

  flush(): void {
    for (const file of this.#dirty) file.hasDirtyPage = false;
    this.#dirty.clear();
  }

  drain(listener: ChangeListener): number {
    const events = [...this.#queue.values()];
    this.#queue.clear();
    for (const { kind, key } of events) listener[kind](key);
    return events.length;
  }

  /** What was queued is lost. */
  loseEvents(): void {
    this.#queue.clear();
  }

  metaOf(inode: SimulatedInode): EntryMeta {
    const types = { file: 0o100000, dir: 0o040000, symlink: 0o120000 };
    return {
      type: inode.type,
      mode: types[inode.type] | inode.mode,
      uid: 1000,
      gid: 1000,
      size: inode.type === 'dir' ? 4096n : inode.size,
      mtimeNs: inode.mtimeNs,
      ctimeNs: inode.ctimeNs,
      atimeNs: inode.atimeNs,
      inode: inode.number,
      deviceId: 2049n,
      links: BigInt(inode.type === 'dir' ? 2 + subfolders(inode) : inode.links),
      rdev: 0n,
      linkTarget: inode.type === 'symlink' ? Buffer.from(`target-${inode.content}`) : null,
      xattrs: inode.mode % 7 === 0 ? [{ name: Buffer.from('user.m'), value: Buffer.from(String(inode.mode)) }] : [],
    };
  }

  look(inode: SimulatedInode): Look {
    return { key: inode.key, meta: this.metaOf(inode), isStandIn: false };
  }

  /** What a path leads to now; undefined when it leads nowhere. */
  resolve(root: SimulatedInode, path: Buffer): SimulatedInode | undefined {
    let at: SimulatedInode | undefined = root;
    if (path.length > 0) for (const name of path.toString('latin1').split('/')) at = at?.entries.get(name);
    return at;
  }

  #newInode(type: SimulatedInode['type']): SimulatedInode {
    this.#inodes += 1;
    this.#contents += 1;
    const number = BigInt(this.#inodes);
    const [mtimeNs, ctimeNs, atimeNs] = [this.nowNs, this.nowNs, this.nowNs];
    return {
      ...{ key: `\x01${String(number).padStart(7, '0')}` as HandleKey, number, type, mode: 0o644 },
      ...{ mtimeNs, ctimeNs, atimeNs, content: this.#contents, size: type === 'dir' ? 0n : 1n, entries: new Map() },
      ...{ links: 0, parent: null, isMapped: false, hasDirtyPage: false, isBroken: false },
    };
  }

  #newContent(file: SimulatedInode, size = BigInt(this.#contents % 13)): void {
    this.#contents += 1;
    file.content = this.#contents;
    file.size = size;
  }

  #add(parent: SimulatedInode, name: string, inode: SimulatedInode): void {
    parent.entries.set(name, inode);
    inode.links += 1;
    if (inode.type === 'dir') inode.parent = parent;
    parent.mtimeNs = this.nowNs;
    parent.ctimeNs = this.nowNs;
  }

  #drop(parent: SimulatedInode, name: string): void {
    const inode = parent.entries.get(name);
    if (inode === undefined) return;
    parent.entries.delete(name);
    inode.links -= 1;
    inode.ctimeNs = this.nowNs;
    if (inode.type === 'dir') inode.parent = null;
    parent.mtimeNs = this.nowNs;
    parent.ctimeNs = this.nowNs;
  }

  #tell(kind: ChangeKind, { key }: SimulatedInode): void {
    const id = `${kind} ${key}`;
    if (!this.#queue.has(id)) this.#queue.set(id, { kind, key });
  }
}

function subfolders(directory: SimulatedInode): number {
  let count = 0;
  for (const { type } of directory.entries.values()) if (type === 'dir') count += 1;
  return count;
}
