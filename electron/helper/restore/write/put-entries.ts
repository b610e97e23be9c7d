import { fsync } from 'node:fs';
import { promisify } from 'node:util';
import { isStillpointError, type StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { TreeNode } from '../../repository/index.ts';
import type { FreshTree } from '../fresh/fresh-tree.ts';
import { TreePutter, type TreesUnderWay } from '../fresh/put-trees.ts';
import { longestWhole } from '../hands/threaded-stage.ts';
import { itemPath, type PlanDirectory, type PlanItem } from '../plan/plan-item.ts';
import { foundOf } from '../target/found.ts';
import type { AsideEntries } from './aside-entries.ts';
import { type Batch, batchesOf } from './batches.ts';
import { listOrEnd } from './entry-failure.ts';
import type { DirectoryFinisher } from './finish-directories.ts';
import { HardLinks } from './hard-links.ts';
import { makeDurable } from './make-durable.ts';
import { mayReplace, type Placed, placeEntry } from './place-entry.ts';
import { isSetInPlace, linkTemp, newPut, type Put, readyOf } from './put.ts';
import { isPlainAddition, placePuts, stagePuts } from './put-on-threads.ts';
import { recordPlaced } from './record-change.ts';
import type { RestoreContext } from './restore-context.ts';
import { setFileMetadata } from './set-metadata.ts';
import { discardTemp, stageEntry } from './stage-entry.ts';
import type { WrittenFile } from './verify-files.ts';

const syncFile = promisify(fsync);

/** Small files that are handed to threads at a time, while the next are looked up. */
const stagedTogether = 192;
const changedText = 'It was changed since the preview, so it was left as it is.';

/** Entries of a tree that somebody else made the folder of. */
const othersTogether = 1024;

/** A batch that is in the journal. */
interface Announced {
  readonly puts: readonly Put[];
  readonly trees: readonly FreshTree[];
  /** Its last number there. */
  readonly last: number;
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
  /** Only where there are threads. */
  readonly #trees: TreePutter | null;
  #next = 0;

  constructor(context: RestoreContext, directories: DirectoryFinisher, aside: AsideEntries) {
    this.#context = context;
    this.#directories = directories;
    this.#aside = aside;
    const { threads } = context;
    this.#trees = threads ? new TreePutter({ context, threads, links: this.#links, directories }) : null;
  }

  /** A number for the next line of the journal. */
  takeNumber(): number {
    this.#next += 1;
    return this.#next - 1;
  }

  /** Rejects with what ends the restore; everything unfinished was taken back by then. */
  async putAll(items: readonly PlanItem[]): Promise<void> {
    const [context, trees] = [this.#context, this.#trees];
    let committing: Promise<void> = Promise.resolve();
    try {
      const batches = batchesOf(items, context.target, context.threads !== null);
      for (let batch = await this.#announceNext(batches); batch; ) {
        throwIfAborted(context.signal);
        // While this batch is made the next one is written down.
        const next = this.#announceNext(batches);
        if (batch.puts.length > 0) {
          await committing;
          trees?.handOver();
          await this.#putBatch(batch.puts);
        }
        const underWay = await this.#makeTrees(batch.trees);
        try {
          const following = await next;
          await committing;
          committing = this.#commit(batch, underWay, following);
          committing.catch(() => {});
          if (underWay?.failure) await committing;
          batch = following;
        } catch (error) {
          if (underWay) trees?.drop(underWay.trees);
          throw underWay?.failure ?? error;
        }
      }
      await committing;
    } finally {
      await committing.catch(() => {});
      trees?.handOver();
      this.#directories.leaveAll();
      await this.#directories.finishLeft();
      await makeDurable(context, []);
    }
  }

  async #makeTrees(trees: readonly FreshTree[]): Promise<TreesUnderWay | null> {
    const due = trees.filter(({ top }) => !this.#absent.has(top.in));
    for (const { items } of trees.filter((tree) => !due.includes(tree)))
      for (const { directory } of items) if (directory) this.#absent.add(directory);
    if (!this.#trees || due.length === 0) return null;
    try {
      return await this.#trees.make(due);
    } catch (error) {
      this.#trees.drop(due);
      throw error;
    }
  }

  /** Names what was made, and reads it back. Directories that nothing more comes into get what belongs to them. */
  async #commit(batch: Announced, underWay: TreesUnderWay | null, following: Announced | null): Promise<void> {
    try {
      if (underWay && this.#trees) {
        await this.#trees.commit(underWay);
        for (const { top, isPlaced } of underWay.trees) if (isPlaced) this.touched.add(top.in);
        for (let from = 0; from < underWay.others.length; from += othersTogether) {
          this.#trees.handOver();
          await this.#putBatch(await this.#announce(underWay.others.slice(from, from + othersTogether)));
        }
      }
      const next = [following?.puts[0]?.item, following?.trees[0]?.top].filter((item) => item !== undefined);
      this.#directories.leave(batch.last, next);
      await this.#directories.finishLeft();
      if (underWay?.failure) throw underWay.failure;
      if (underWay) await this.#trees?.prove(underWay);
    } catch (error) {
      throw underWay?.failure ?? error;
    } finally {
      if (underWay) this.#trees?.drop(underWay.trees);
    }
  }

  #announceNext(batches: Iterator<Batch, void, undefined>): Promise<Announced | null> {
    const { value: batch } = batches.next();
    const announced = batch ? this.#announceBatch(batch) : Promise.resolve(null);
    announced.catch(() => {});
    return announced;
  }

  async #announceBatch({ entries, trees }: Batch): Promise<Announced> {
    const treesOf = this.#trees;
    const announced = treesOf ? trees.map((items) => treesOf.announce(this.takeNumber(), items)) : [];
    const puts = await this.#announce(entries);
    return { puts, trees: announced, last: this.#next - 1 };
  }

  async #putBatch(puts: readonly Put[]): Promise<void> {
    this.#context.durability.begin(puts.filter(({ item }) => item.type === 'file').length);
    try {
      const failure = await this.#makeAll(puts);
      await this.#sync(puts);
      await this.#placeOnThreads(puts);
      for (const put of puts) await this.#attempt(put, () => this.#place(put));
      await this.#syncDirectories(puts);
      if (failure) throw failure;
    } finally {
      for (const put of puts) this.#dropStaged(put);
    }
  }

  /** What threads make is handed to them in parts, as it is found out what is to be made. */
  async #makeAll(puts: readonly Put[]): Promise<StillpointError | null> {
    const staging: Promise<StillpointError | null>[] = [];
    let due: Put[] = [];
    const stage = (some: readonly Put[]): void => {
      const staged = this.#stageOnThreads(some);
      // Whoever waits for it hears of it.
      staged.catch(() => {});
      staging.push(staged);
    };
    const big: Put[] = [];
    try {
      for (const put of puts) {
        await this.#attempt(put, () => this.#make(put));
        if (put.isDue) (Number(put.node?.size ?? 0) > longestWhole ? big : due).push(put);
        if (due.length < stagedTogether) continue;
        stage(due);
        due = [];
      }
      // What large files have in common is opened once: all of them together.
      stage([...due, ...big]);
    } finally {
      await Promise.allSettled(staging);
    }
    return (await Promise.all(staging)).find((failure) => failure !== null) ?? null;
  }

  /** Of a full target what was complete before goes into place all the same: what it came to is returned. */
  async #stageOnThreads(due: readonly Put[]): Promise<StillpointError | null> {
    const { threads, signal } = this.#context;
    if (!threads || due.length === 0) return null;
    try {
      for (const put of await stagePuts(this.#context, threads, due, (each, error) => this.#fail(each, error)))
        await this.#attempt(put, () => this.#stage(put));
      return null;
    } catch (error) {
      if (signal.aborted || !isStillpointError(error, 'target-full')) throw error;
      return error;
    }
  }

  async #placeOnThreads(puts: readonly Put[]): Promise<void> {
    const { threads } = this.#context;
    const plain = threads ? puts.filter(isPlainAddition) : [];
    if (!threads || plain.length === 0) return;
    await placePuts(this.#context, threads.hands, plain, (put, placed) => {
      if (placed instanceof Error) this.#fail(put, placed);
      else this.#conclude(put, placed);
    });
  }

  /** What will be done, durable before it is begun. */
  async #announce(items: readonly PlanItem[]): Promise<readonly Put[]> {
    const puts = items.map((item) => newPut(this.#context, item, this.takeNumber()));
    await this.#context.journal.sync();
    return puts;
  }

  /** One entry that cannot be put in place is listed; what ends the restore goes on. */
  async #attempt(put: Put, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#fail(put, error);
    }
  }

  #fail(put: Put, error: unknown): void {
    this.#skip(put);
    listOrEnd(this.#context, put.item, error);
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
      if (this.#context.threads && put.node.type === 'file') put.isDue = true;
      else await this.#stage(put);
    }
  }

  async #stage(put: Put): Promise<void> {
    if (put.node) put.staged = await stageEntry(this.#context, put.item, put.node, put.temp);
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
    const { journal, durability } = this.#context;
    const single = puts.filter(({ staged }) => staged?.fd != null);
    const alone = single.filter(({ item }) => !durability.isWhole(item.in));
    await Promise.all(alone.map(({ staged }) => syncFile(staged?.fd ?? -1)));
    for (const { item } of single) if (durability.isWhole(item.in)) durability.touch(item.in);
    await makeDurable(this.#context, puts);
    for (const put of puts) {
      const { staged: entry, n, item, node } = put;
      if (entry && entry.fd !== null) this.#context.target.ops.closeSync(entry.fd);
      if (entry) entry.fd = null;
      if (entry && node) this.#links.made(item, node, entry);
      const ready = readyOf(put);
      if (ready) journal.append({ record: 'ready', n, deviceId: String(ready.deviceId), inode: String(ready.inode) });
    }
    await journal.sync();
  }

  async #place(put: Put): Promise<void> {
    const { item, node, n } = put;
    if (!node || item.action === 'same') return;
    // Something ended the batch before it was whole: what there is of it must never get its name.
    if (!put.link && !put.staged && !isSetInPlace(item)) return this.#skip(put);
    const { target } = this.#context;
    if (put.link && !linkTemp(this.#context, put, put.link))
      put.staged = await stageEntry(this.#context, item, node, put.temp);
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
    this.#conclude(put, placed);
  }

  #conclude(put: Put, placed: Placed): void {
    const { report, warnings } = this.#context;
    const { item, node } = put;
    if (placed === 'changed' || !node) {
      warnings.add(itemPath(item), changedText);
      this.#skip(put);
      return;
    }
    this.#done(put, node, placed);
    report.advance(1, 0, itemPath(item));
  }

  #done(put: Put, node: TreeNode, { found }: Exclude<Placed, 'changed'>): void {
    const { item, n, staged } = put;
    const { tally, durability } = this.#context;
    const change = item.action === 'metadata' ? 'metadata' : item.now === null ? 'added' : 'replaced';
    recordPlaced(this.#context, item, n, change, found);
    this.#links.placed(item, node, found);
    this.touched.add(item.in);
    // Also where something ends the batch before its folders are looked after.
    if (durability.isWhole(item.in)) durability.touch(item.in);
    if (staged && node.content) {
      tally.bytesWritten += Number(node.size);
      this.written.push({ item, content: node.content, blobLengths: staged.blobLengths, found });
    }
    put.staged = null;
    put.link = null;
    put.node = null;
  }

  async #syncDirectories(puts: readonly Put[]): Promise<void> {
    const { durability, journal } = this.#context;
    const directories = new Set(puts.filter(({ item }) => item.action !== 'same').map(({ item }) => item.in));
    for (const directory of directories) {
      if (this.#absent.has(directory)) continue;
      if (durability.isWhole(directory)) durability.touch(directory);
      else await durability.syncDirectory(directory);
    }
    // Where a whole filesystem is made durable, that comes with the next batch.
    if (!durability.isTouched) journal.release();
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
    const { staged, link, isOnItsWay } = put;
    put.staged = null;
    put.link = null;
    put.isOnItsWay = false;
    put.isDue = false;
    if (staged?.fd != null) this.#context.target.ops.closeSync(staged.fd);
    if (staged || link || isOnItsWay) discardTemp(this.#context, put.item, put.temp);
  }
}
