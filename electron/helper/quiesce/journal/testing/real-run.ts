import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FilesystemFacts } from '../../../sources/filesystem/facts.ts';
import type { OpenTree, TreeEntry } from '../../../sources/filesystem/tree.ts';
import { hasCode } from '../../../system/errno.ts';
import { statxAt, statxDescriptor } from '../../../system/statx.ts';
import type { EntryMeta } from '../../contract.ts';
import type { NamedLook, Picture } from '../../picture/index.ts';
import type { StoredEntry, StoredTree } from '../../picture/testing/simulated-run.ts';
import type { ChangeTracker, HandleKey } from '../../tracking/contract.ts';
import { entryDetail } from '../../view/entry-detail.ts';
import { entryMeta, noDetail } from '../../view/entry-meta.ts';

interface Marked {
  readonly key: HandleKey;
  readonly path: Buffer;
  readonly meta: EntryMeta;
}

export interface RealRunParts {
  readonly facts: FilesystemFacts;
  readonly tree: OpenTree;
  readonly tracker: ChangeTracker;
  readonly picture: Picture;
  readonly meanwhile: () => void;
}

/** Files hold a number each; reads, lists and looks at what a picture asks for. Plain: nothing is held. */
export class RealRun {
  readonly #parts: RealRunParts;

  constructor(parts: RealRunParts) {
    this.#parts = parts;
  }

  walk(): number {
    const { picture, tracker } = this.#parts;
    tracker.drain();
    picture.beginWalk();
    while (picture.directoriesToList().length > 0) {
      this.#pass(false);
      tracker.drain();
    }
    return picture.endWalk();
  }

  /** Until nothing is left; with `isQuiet` nothing happens meanwhile. */
  settle(isQuiet: boolean): void {
    const { picture, tracker } = this.#parts;
    for (let rounds = 0; tracker.drain() > 0 || !picture.isClean; rounds += 1) {
      if (rounds > 100) throw new Error('never clean');
      this.#pass(true, isQuiet);
      if (!isQuiet && rounds > 2) return;
    }
  }

  #pass(reads: boolean, isQuiet = false): void {
    const { picture, meanwhile } = this.#parts;
    const pause = isQuiet ? () => {} : meanwhile;
    for (const each of picture.directoriesToList()) {
      this.#list(each, pause);
      pause();
    }
    for (const each of picture.entriesToLookAt()) this.#look(each, pause);
    if (reads) for (const { key } of picture.filesToRead()) this.#read(key, pause);
  }

  #list({ key, path, meta }: Marked, pause: () => void): void {
    const { picture, tree, tracker } = this.#parts;
    picture.clearNamesMark(key);
    const looks: NamedLook[] = [];
    let isOther = this.#keyOf(path) !== key;
    tree.list(entryAt(path, meta), (entry, dirFd) => {
      isOther ||= tracker.keyOf(dirFd) !== key;
      const found = tracker.keyAt(dirFd, entry.name);
      const detail = entryDetail(tree, entry, dirFd);
      if (found === undefined || detail === undefined) return;
      looks.push({ name: entry.name, look: { key: found, meta: entryMeta(entry.stat, detail), isStandIn: false } });
    });
    pause();
    if (isOther) picture.names(key);
    else picture.setNames(key, looks);
  }

  #look({ key, path }: Marked, pause: () => void): void {
    const { picture } = this.#parts;
    picture.clearLookMark(key);
    const meta = this.#metaAt(key, path);
    pause();
    if (meta === undefined) picture.metadata(key);
    else picture.setLook({ key, meta, isStandIn: false });
  }

  #read(key: HandleKey, pause: () => void): void {
    const { picture, facts } = this.#parts;
    const file = picture.file(key);
    const path = file?.path() ?? null;
    if (file === undefined || path === null) return;
    picture.clearContentMark(key);
    pause();
    if (this.#keyOf(path) !== key) {
      picture.content(key);
      return;
    }
    const content = {
      length: Number(file.meta.size),
      contentId: numberIn(join(facts.root.toString(), path.toString())),
    };
    pause();
    picture.setContent(key, { state: 'taken', content, meta: file.meta, readFromNs: 0n, flushedNs: null });
  }

  #keyOf(path: Buffer): HandleKey | undefined {
    const { tree, tracker } = this.#parts;
    if (path.length === 0) return tracker.keyOf(tree.rootFd);
    return tracker.keyAt(tree.rootFd, path);
  }

  #metaAt(key: HandleKey, path: Buffer): EntryMeta | undefined {
    const { tree, tracker, facts } = this.#parts;
    if (path.length === 0) return entryMeta(statxDescriptor(tree.rootFd), noDetail);
    const at = path.lastIndexOf('/');
    const name = path.subarray(at + 1);
    let parent: number;
    try {
      parent = openSync(Buffer.concat([facts.root, Buffer.from('/'), path.subarray(0, Math.max(0, at))]), 'r');
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined;
      throw error;
    }
    try {
      if (tracker.keyAt(parent, name) !== key) return undefined;
      const entry = { name, path, stat: statxAt(parent, name), isStandIn: false };
      const detail = entryDetail(tree, entry, parent);
      return detail && entryMeta(entry.stat, detail);
    } finally {
      closeSync(parent);
    }
  }
}

/** What is there, without a picture. */
export function treeThere(facts: FilesystemFacts, tree: OpenTree): StoredTree {
  const found = new Map<string, StoredEntry>();
  const root = tree.lookAtRoot();
  found.set('', { meta: entryMeta(root.stat, noDetail), content: null });
  const pending: TreeEntry[] = [root];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop())
    tree.list(directory, (entry, dirFd) => {
      const meta = entryMeta(entry.stat, entryDetail(tree, entry, dirFd) ?? noDetail);
      const path = `/${entry.path.toString('latin1')}`;
      const content = meta.type === 'file' ? numberIn(join(facts.root.toString(), path)) : null;
      found.set(path, { meta, content });
      if (meta.type === 'dir') pending.push(entry);
    });
  return found;
}

function numberIn(path: string): number {
  return Number(readFileSync(path, 'latin1'));
}

function entryAt(path: Buffer, meta: EntryMeta): TreeEntry {
  const stat = { ...meta, links: Number(meta.links), blocks: 0n, mountId: null, isMountRoot: null };
  return { name: path, path, stat, isStandIn: false };
}
