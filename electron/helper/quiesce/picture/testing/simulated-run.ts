import type { EntryMeta, StillEntry } from '../../contract.ts';
import type { HandleKey } from '../../tracking/contract.ts';
import type { NamedLook, Picture } from '../contract.ts';
import type { SimulatedFilesystem, SimulatedInode } from './simulated-filesystem.ts';

/** One path of a snapshot. */
export interface StoredEntry {
  readonly meta: EntryMeta;
  /** Of a file; null when it could not be read. */
  readonly content: number | null;
}

/** Paths and what they lead to; the root is the empty path. */
export type StoredTree = ReadonlyMap<string, StoredEntry>;

/** What a run has left out, to see whether anybody notices. */
export interface Mistakes {
  /** Marks are cleared when the look is over, not before it began. */
  readonly clearsLate?: boolean;
  /** Whatever a path leads to is taken for what was asked for. */
  readonly ignoresKeys?: boolean;
  /** After a doubt it goes on as if nothing had been missed. */
  readonly ignoresDoubts?: boolean;
  /** What cannot be read of a folder passes for nothing. */
  readonly hidesUnreadable?: boolean;
  /** Who can write unseen is not looked for. */
  readonly skipsWriterScan?: boolean;
}

export interface SimulatedRunParts {
  readonly fs: SimulatedFilesystem;
  readonly root: SimulatedInode;
  readonly picture: Picture;
  /** Something may happen to the filesystem now. */
  readonly meanwhile: () => void;
  /** Whether to do something now that could as well be done later. */
  readonly chance: (probability: number) => boolean;
  readonly mistakes?: Mistakes;
}

interface Marked {
  readonly key: HandleKey;
  readonly path: Buffer;
}

/** A run as precopy-freeze makes it, one call at a time, so that anything can happen in between. */
export class SimulatedRun {
  readonly #parts: SimulatedRunParts;
  readonly #mistakes: Mistakes;
  #isHeld = false;
  #flushedNs = 0n;

  constructor(parts: SimulatedRunParts) {
    this.#parts = parts;
    this.#mistakes = parts.mistakes ?? {};
  }

  /** Live: walks if it must, and goes over what is marked a few times. Returns what a walk found different untold. */
  prepare(isVerification: boolean, passes: number): number {
    const { picture, fs } = this.#parts;
    this.#drain();
    this.#flushedNs = fs.nowNs;
    fs.flush();
    let untold = 0;
    if (isVerification || !picture.isComplete) untold = this.#walk();
    for (let pass = 0; pass < passes; pass += 1) this.#pass();
    return untold;
  }

  /** From the freeze to the thaw: nothing else happens. Returns the version, and the tree as it is then. */
  hold(): { version: string; tree: StoredTree } | undefined {
    const { picture, fs, root } = this.#parts;
    if (this.#parts.chance(0.5)) {
      this.#flushedNs = fs.nowNs;
      fs.flush();
    }
    this.#isHeld = true;
    try {
      if (!this.#mistakes.skipsWriterScan) for (const file of fs.mapped) picture.content(file.key);
      this.#drain();
      if (!picture.isComplete) return undefined;
      for (let rounds = 0; !picture.isClean; rounds += 1) {
        if (rounds > 50) throw new Error('never clean');
        this.#pass();
      }
      return { version: picture.markVersion(this.#flushedNs).id, tree: treeOf(fs, root) };
    } finally {
      this.#isHeld = false;
    }
  }

  #walk(): number {
    const { picture } = this.#parts;
    picture.beginWalk();
    for (let rounds = 0; ; rounds += 1) {
      if (rounds > 200) throw new Error('the walk never ends');
      this.#maybe();
      this.#listMarked();
      this.#lookAtMarked();
      this.#drain();
      if (picture.directoriesToList().length === 0) break;
    }
    return picture.endWalk();
  }

  #pass(): void {
    this.#maybe();
    this.#listMarked();
    this.#lookAtMarked();
    this.#readWanted();
    this.#drain();
  }

  #listMarked(): void {
    const { picture, chance } = this.#parts;
    for (const marked of picture.directoriesToList()) {
      if (!this.#isHeld && chance(0.1)) continue;
      const directory = this.#reach(marked, 'names');
      if (directory !== undefined) this.#list(directory, marked.key);
      this.#maybe();
    }
  }

  #list(directory: SimulatedInode, key: HandleKey): void {
    const { picture, fs } = this.#parts;
    if (!this.#mistakes.clearsLate) picture.clearNamesMark(key);
    this.#maybe();
    const entries: NamedLook[] = [];
    let isWhole = !directory.isBroken;
    for (const [name, inode] of [...directory.entries]) {
      if (directory.isBroken && inode.number % 2n === 0n) continue;
      this.#maybe();
      if (directory.entries.get(name) !== inode) continue;
      entries.push({ name: Buffer.from(name, 'latin1'), look: fs.look(inode) });
    }
    if (this.#mistakes.hidesUnreadable) isWhole = true;
    this.#maybe();
    // Somebody else of the run may look at single entries meanwhile.
    if (!this.#isHeld && this.#parts.chance(0.1)) this.#lookAtMarked();
    picture.setNames(key, entries, isWhole);
    if (this.#mistakes.clearsLate) picture.clearNamesMark(key);
  }

  #lookAtMarked(): void {
    const { picture, fs, chance } = this.#parts;
    for (const marked of picture.entriesToLookAt()) {
      if (!this.#isHeld && chance(0.1)) continue;
      const inode = this.#reach(marked, 'metadata');
      if (inode !== undefined) {
        if (!this.#mistakes.clearsLate) picture.clearLookMark(marked.key);
        this.#maybe();
        const look = fs.look(inode);
        this.#maybe();
        picture.setLook({ ...look, key: this.#mistakes.ignoresKeys ? marked.key : look.key });
        if (this.#mistakes.clearsLate) picture.clearLookMark(marked.key);
      }
      this.#maybe();
    }
  }

  #readWanted(): void {
    const { picture, chance } = this.#parts;
    for (const { key, path } of picture.filesToRead().map((file) => ({ key: file.key, path: file.path() }))) {
      if (path === null || (!this.#isHeld && chance(0.1))) continue;
      const file = this.#reach({ key, path }, 'content');
      if (file !== undefined) this.#read(file, key);
      this.#maybe();
    }
  }

  #read(file: SimulatedInode, key: HandleKey): void {
    const { picture, fs } = this.#parts;
    if (!this.#mistakes.clearsLate) picture.clearContentMark(key);
    this.#maybe();
    const [content, meta] = [file.content, fs.metaOf(file)];
    this.#maybe();
    if (file.isBroken) picture.setContent(key, { state: 'unreadable', reason: 'broken' });
    else if (this.#isHeld) picture.setContent(key, { state: 'inside', meta, read: readOf(content, meta) });
    else {
      const taken = { length: Number(meta.size), contentId: content };
      const [readFromNs, flushedNs] = [fs.nowNs, this.#flushedNs];
      picture.setContent(key, { state: 'taken', content: taken, meta, readFromNs, flushedNs });
    }
    if (this.#mistakes.clearsLate) picture.clearContentMark(key);
  }

  /** What the path leads to, if it is what was asked for; else the mark stands. */
  #reach({ key, path }: Marked, mark: 'names' | 'metadata' | 'content'): SimulatedInode | undefined {
    const { picture, fs, root } = this.#parts;
    const found = fs.resolve(root, path);
    if (found?.key === key) return found;
    if (this.#mistakes.ignoresKeys && (found?.type === 'dir') === (mark === 'names')) return found;
    this.#drain();
    picture[mark](key);
    return undefined;
  }

  #drain(): void {
    this.#parts.fs.drain(this.#parts.picture);
  }

  #maybe(): void {
    if (this.#isHeld) return;
    this.#parts.meanwhile();
    if (this.#parts.chance(0.2)) this.#drain();
  }
}

function readOf(content: number, meta: EntryMeta): StillEntry['content'] {
  return {
    base: null,
    readInto: async (sink) => {
      await sink.data(Buffer.from(String(content)));
      return { state: 'whole', meta };
    },
  };
}

/** The filesystem below a folder, as it is. */
export function treeOf(fs: SimulatedFilesystem, root: SimulatedInode): StoredTree {
  const tree = new Map<string, StoredEntry>();
  const pending: [string, SimulatedInode][] = [['', root]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, inode] = next;
    tree.set(path, { meta: fs.metaOf(inode), content: inode.type === 'file' ? inode.content : null });
    for (const [name, child] of inode.entries) pending.push([`${path}/${name}`, child]);
  }
  return tree;
}
