import { fsync } from 'node:fs';
import { promisify } from 'node:util';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { TreeNode } from '../../repository/index.ts';
import { hasCode } from '../../system/errno.ts';
import { recordOfFound } from '../journal/found-record.ts';
import { itemPath, type PlanDirectory, type PlanItem, pathBelowRoot, stepsToItem } from '../plan/plan-item.ts';
import { foundOf } from '../target/found.ts';
import type { AsideEntries } from './aside-entries.ts';
import { listOrEnd } from './entry-failure.ts';
import type { DirectoryFinisher } from './finish-directories.ts';
import { HardLinks, type LinkSource } from './hard-links.ts';
import { mayReplace, type Placed, placeEntry } from './place-entry.ts';
import { recordPlaced } from './record-change.ts';
import type { RestoreContext } from './restore-context.ts';
import { setFileMetadata } from './set-metadata.ts';
import { discardTemp, type StagedEntry, stageEntry } from './stage-entry.ts';
import type { WrittenFile } from './verify-files.ts';

const syncFile = promisify(fsync);

/** Entries, and bytes of their content, that are made durable together. */
const batchEntries = 128;
const batchBytes = 64 * 1024 * 1024;
const changedText = 'It was changed since the preview, so it was left as it is.';

/** One entry on its way into place. */
interface Put {
  readonly item: PlanItem;
  readonly n: number;
  readonly temp: Buffer;
  node: TreeNode | null;
  link: LinkSource | null;
  staged: StagedEntry | null;
}

/**
 * Puts entries in place, in batches: the journal says what will be done; everything is made under temporary names and
 * synced; the journal says so; then it is renamed into place. After a crash each entry is as it was or as it should be.
 */
export class EntryPutter {
  readonly written: WrittenFile[] = [];
  /** Directories in which something was put. */
  readonly touched = new Set<PlanDirectory>();
  readonly #context: RestoreContext;
  readonly #links = new HardLinks();
  readonly #directories: DirectoryFinisher;
  readonly #aside: AsideEntries;
  /** Directories that could not be made: what belongs into them is left out too. */
  readonly #absent = new Set<PlanDirectory>();
  #next = 0;

  constructor(context: RestoreContext, directories: DirectoryFinisher, aside: AsideEntries) {
    this.#context = context;
    this.#directories = directories;
    this.#aside = aside;
  }

  /** A number for the next line of the journal. */
  takeNumber(): number {
    this.#next += 1;
    return this.#next - 1;
  }

  /** Rejects with what ends the restore; everything unfinished was taken back by then. */
  async putAll(items: readonly PlanItem[]): Promise<void> {
    try {
      for (let from = 0; from < items.length; ) {
        const until = endOfBatch(items, from);
        await this.#putBatch(items.slice(from, until));
        from = until;
      }
    } finally {
      this.#directories.leaveAll();
      await this.#directories.finishLeft();
    }
  }

  async #putBatch(items: readonly PlanItem[]): Promise<void> {
    throwIfAborted(this.#context.signal);
    const puts = await this.#announce(items);
    try {
      for (const put of puts) {
        this.#directories.enter(put.item);
        await this.#attempt(put, () => this.#make(put));
      }
      await this.#sync(puts);
      for (const put of puts) await this.#attempt(put, () => this.#place(put));
      await this.#syncDirectories(puts);
    } finally {
      for (const put of puts) this.#dropStaged(put);
    }
    await this.#directories.finishLeft();
  }

  /** What will be done, durable before it is begun. */
  async #announce(items: readonly PlanItem[]): Promise<readonly Put[]> {
    const { journal, tempPrefix, rootNumbers } = this.#context;
    const puts = items.map((item): Put => {
      const n = this.takeNumber();
      return { item, n, temp: Buffer.from(`${tempPrefix}-${n}`), node: null, link: null, staged: null };
    });
    for (const { item, n, temp } of puts) {
      const root = rootNumbers.get(item.in.root) ?? 0;
      const path = pathBelowRoot(stepsToItem(item));
      const was = item.now && recordOfFound(item.now);
      journal.append({ record: 'put', n, root, path, temp: item.type === 'dir' ? null : temp.toString(), was });
    }
    await journal.sync();
    return puts;
  }

  /** One entry that cannot be put in place is listed; what ends the restore goes on. */
  async #attempt(put: Put, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#skip(put);
      listOrEnd(this.#context, put.item, error);
    }
  }

  async #make(put: Put): Promise<void> {
    const { item } = put;
    if (this.#absent.has(item.in)) return this.#skip(put);
    if (item.type === 'dir') return this.#makeDirectory(put);
    put.node = item.in.tree ? ((await this.#context.tree.find(item.in.tree, item.name)) ?? null) : null;
    if (!put.node) throw new Error(`${itemPath(item)} is not in the tree it was planned from`);
    put.link = this.#links.sourceFor(item, put.node);
    if (item.action === 'same') {
      if (item.now) this.#links.placed(item, put.node, item.now);
    } else if (!put.link && !isSetInPlace(item)) {
      put.staged = await stageEntry(this.#context, item, put.node, put.temp);
    }
  }

  async #makeDirectory(put: Put): Promise<void> {
    const { item, n } = put;
    const { target, warnings } = this.#context;
    const { ops } = target;
    if (item.action === 'metadata') return this.#directories.opened(item, n);
    if (item.action === 'same' || !item.directory) return;
    const now = target.lookAt(item.in, item.name);
    if (now && item.action === 'add') {
      // Made by somebody else meanwhile: what belongs into it can be put there all the same.
      if (now.type === 'dir') return;
      warnings.add(itemPath(item), changedText);
      return this.#skip(put);
    }
    if (now && !mayReplace(this.#context, item, now)) {
      warnings.add(itemPath(item), changedText);
      return this.#skip(put);
    }
    if (now) await this.#aside.move(item, n);
    try {
      ops.mkdirSync(target.entry(item.in, item.name), item.directory.node ? 0o700 : 0o777);
    } catch (error) {
      this.#aside.putBack(item);
      throw error;
    }
    const found = foundOf(ops.lstatSync(target.entry(item.in, item.name)));
    recordPlaced(this.#context, item, n, now ? 'replaced' : 'added', found);
    this.touched.add(item.in);
    this.#directories.opened(item, n);
  }

  async #sync(puts: readonly Put[]): Promise<void> {
    const { journal } = this.#context;
    const staged = puts.flatMap((put) => put.staged ?? []);
    await Promise.all(staged.map(({ fd }) => (fd === null ? undefined : syncFile(fd))));
    for (const { staged: entry, n } of puts) {
      if (!entry) continue;
      if (entry.fd !== null) this.#context.target.ops.closeSync(entry.fd);
      entry.fd = null;
      journal.append({ record: 'ready', n, deviceId: String(entry.deviceId), inode: String(entry.inode) });
    }
    await journal.sync();
  }

  async #place(put: Put): Promise<void> {
    const { item, node, n } = put;
    if (!node || item.action === 'same') return;
    const { report, warnings, target } = this.#context;
    if (put.link && !this.#linkTemp(put, put.link)) put.staged = await stageEntry(this.#context, item, node, put.temp);
    if (put.staged?.fd != null) await this.#sync([put]);
    const now = target.lookAt(item.in, item.name);
    if (now && item.isTypeChange && now.type === 'dir' && mayReplace(this.#context, item, now))
      await this.#aside.move(item, n);
    let placed: Placed = 'changed';
    try {
      placed =
        isSetInPlace(item) && !put.link
          ? setFileMetadata(this.#context, item, node)
          : placeEntry(this.#context, item, put.temp);
    } finally {
      if (placed === 'changed') this.#aside.putBack(item);
    }
    if (placed === 'changed') {
      warnings.add(itemPath(item), changedText);
      return this.#skip(put);
    }
    this.#done(put, node, placed);
    report.advance(1, 0, itemPath(item));
  }

  #done(put: Put, node: TreeNode, { found }: Exclude<Placed, 'changed'>): void {
    const { item, n, staged } = put;
    const { tally } = this.#context;
    const change = item.action === 'metadata' ? 'metadata' : item.now === null ? 'added' : 'replaced';
    recordPlaced(this.#context, item, n, change, found);
    this.#links.placed(item, node, found);
    this.touched.add(item.in);
    if (staged && node.content) {
      tally.bytesWritten += Number(node.size);
      this.written.push({ item, content: node.content, blobLengths: staged.blobLengths, found });
    }
    put.staged = null;
    put.link = null;
  }

  /** A further name of an inode that is in place, under the temporary name. False when it must be written by itself. */
  #linkTemp(put: Put, source: LinkSource): boolean {
    const { target, warnings } = this.#context;
    const { item, temp } = put;
    if (!source.found) return false;
    const path = target.entry(item.in, temp);
    try {
      target.ops.linkSync(target.entry(source.item.in, source.item.name), path);
    } catch (error) {
      if (!hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EXDEV', 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
      warnings.lose('hard-link', itemPath(item));
      return false;
    }
    const { dev, ino } = target.ops.lstatSync(path);
    if (dev === source.found.deviceId && ino === source.found.inode) return true;
    // Somebody replaced the first name meanwhile: what it leads to now is not ours to spread.
    discardTemp(this.#context, item, temp);
    return false;
  }

  async #syncDirectories(puts: readonly Put[]): Promise<void> {
    const { target } = this.#context;
    const directories = new Set(puts.filter(({ item }) => item.action !== 'same').map(({ item }) => item.in));
    for (const directory of directories) {
      if (this.#absent.has(directory)) continue;
      try {
        await syncFile(target.open(directory));
      } catch (error) {
        if (!hasCode(error, 'EBADF', 'EINVAL', 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES')) throw error;
      }
    }
  }

  /** The entry stays as it is; so does everything in it. */
  #skip(put: Put): void {
    this.#dropStaged(put);
    this.#context.journal.append({ record: 'skipped', n: put.n });
    if (put.node) this.#links.failed(put.item, put.node);
    if (put.item.type === 'dir' && put.item.directory && put.item.action !== 'metadata')
      this.#absent.add(put.item.directory);
    put.node = null;
  }

  #dropStaged(put: Put): void {
    const { staged, link } = put;
    put.staged = null;
    put.link = null;
    if (staged?.fd != null) this.#context.target.ops.closeSync(staged.fd);
    if (staged || link) discardTemp(this.#context, put.item, put.temp);
  }
}

/** Content is right and nothing else shares it: the metadata is set where the file is. */
function isSetInPlace(item: PlanItem): boolean {
  return item.action === 'metadata' && item.type === 'file';
}

function endOfBatch(items: readonly PlanItem[], from: number): number {
  let bytes = 0;
  let until = from;
  while (until < items.length && until - from < batchEntries && (until === from || bytes < batchBytes)) {
    const { type, action, stored } = items[until] as PlanItem;
    if (type === 'file' && (action === 'add' || action === 'replace')) bytes += stored?.size ?? 0;
    until += 1;
  }
  return until;
}
