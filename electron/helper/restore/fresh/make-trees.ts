import type { BlobId } from '../../../../shared/domain/ids.ts';
import { isStillpointError, type StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import type { TreeNode } from '../../repository/index.ts';
import { hasCode } from '../../system/errno.ts';
import { errorOf, isRefused, type Refused } from '../hands/contract.ts';
import { PackRanges } from '../hands/pack-ranges.ts';
import { Slots } from '../hands/slots.ts';
import { longestWhole } from '../hands/threaded-stage.ts';
import { itemPath, type PlanDirectory, type PlanItem } from '../plan/plan-item.ts';
import type { LocatedBlob } from '../snapshot-source.ts';
import { foundOf } from '../target/found.ts';
import { listOrEnd } from '../write/entry-failure.ts';
import { isLoss } from '../write/entry-warnings.ts';
import type { HardLinks } from '../write/hard-links.ts';
import { stagePuts } from '../write/put-on-threads.ts';
import type { RestoreContext } from '../write/restore-context.ts';
import { discardTemp, stageEntry } from '../write/stage-entry.ts';
import type { EntryRow, FolderRow, MadeWith } from './contract.ts';
import { foundOfLine, lineOfFound, lineOfStat, sharedLine } from './found-line.ts';
import type { FolderOfTree, FreshTree } from './fresh-tree.ts';
import { ensureFolder, FolderRows, groupsOf, lineAt, type Piece, rowOf } from './pieces.ts';

const mostBlobs = 64;
/** Small files that are put in the order of their content at a time. */
const sortedTogether = 1536;

export type Threads = NonNullable<RestoreContext['threads']>;

/** Makes everything in trees that were begun. One entry that cannot be made is listed. */
export class TreeMaker {
  readonly #context: RestoreContext;
  readonly #threads: Threads;
  readonly #links: HardLinks;
  readonly #sync: boolean;
  readonly #plain: Piece[] = [];
  /** Files that several threads write at once. */
  readonly #big: Piece[] = [];
  /** What threads cannot make: done here, which finds another copy of the content, or the words for what is wrong. */
  readonly #slow: Piece[] = [];
  readonly #further: Piece[] = [];
  readonly #packOrder = new Map<string, number>();
  #failure: StillpointError | null = null;

  /** `sync`: each entry by itself; otherwise whoever asked makes all of it durable. */
  constructor(context: RestoreContext, threads: Threads, links: HardLinks, sync: boolean) {
    this.#context = context;
    this.#threads = threads;
    this.#links = links;
    this.#sync = sync;
  }

  /**
   * When it settles no thread is at any of them. What a target that is full ends with is returned: what was complete goes into
   * place all the same.
   */
  async make(trees: readonly FreshTree[]): Promise<StillpointError | null> {
    const folders = new Map(trees.map((tree) => [tree, [...tree.folders()]] as const));
    const { hands, packs } = this.#threads;
    const slots = new Slots(hands.count * 2 + 2);
    const ranges = new PackRanges(packs, (fd) => this.#context.target.ops.closeSync(fd));
    const making: Promise<void>[] = [];
    const makeSorted = (): void => {
      const made = this.#makePlain(this.#plain.splice(0), slots, ranges);
      // Whoever waits for it hears of it.
      made.catch(() => {});
      making.push(made);
    };
    let unsorted: { readonly error: unknown } | null = null;
    try {
      for (const [tree, inside] of folders) {
        for (const [directory, folder] of inside) {
          await this.#sort(tree, directory, folder);
          // Threads begin while the rest is looked up.
          if (this.#plain.length >= sortedTogether) makeSorted();
        }
      }
      makeSorted();
      making.push(this.#makeBig());
    } catch (error) {
      unsorted = { error };
    }
    const done = await Promise.allSettled(making);
    await slots.done().catch(() => {});
    await ranges.close();
    if (unsorted) throw unsorted.error;
    for (const each of done) if (each.status === 'rejected') this.#remember(each.reason);
    await this.#attempt(async () => {
      for (const piece of this.#slow) await this.#makeHere(piece);
      for (const piece of this.#further) await this.#linkHere(piece);
    });
    await this.#finish(folders);
    throwIfAborted(this.#context.signal);
    return this.#failure;
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    if (this.#failure) return;
    try {
      await work();
    } catch (error) {
      this.#remember(error);
    }
  }

  #remember(error: unknown): void {
    if (this.#context.signal.aborted || !isStillpointError(error, 'target-full')) throw error;
    this.#failure ??= error;
  }

  /** What is to be done with each entry of one folder. */
  async #sort(tree: FreshTree, directory: PlanDirectory, folder: FolderOfTree): Promise<void> {
    throwIfAborted(this.#context.signal);
    if (!directory.tree || folder.entries.length === 0) return;
    const nodes = await this.#context.tree.nodes(directory.tree);
    let next = 0;
    for (const index of folder.entries) {
      const item = tree.items[index] as PlanItem;
      if (item.type === 'dir') continue;
      // Both are in ascending order.
      while (next < nodes.length && Buffer.compare((nodes[next] as TreeNode).name, item.name) < 0) next += 1;
      const node = nodes[next];
      if (!node?.name.equals(item.name)) throw new Error(`${itemPath(item)} is not in the tree it was planned from`);
      const piece: Piece = { tree, index, folder, node, blobs: this.#locate(node) };
      this.#listOf(piece).push(piece);
    }
  }

  #locate({ content = [] }: TreeNode): readonly LocatedBlob[] {
    const blobs: LocatedBlob[] = [];
    for (const id of content) {
      const blob = this.#threads.packs.locate(id);
      if (!blob) return [];
      if (!this.#packOrder.has(blob.pack)) this.#packOrder.set(blob.pack, this.#packOrder.size);
      blobs.push(blob);
    }
    return blobs;
  }

  #listOf({ tree, index, node, blobs }: Piece): Piece[] {
    if (this.#links.sourceFor(tree.items[index] as PlanItem, node)) return this.#further;
    if (node.type === 'symlink') {
      const link = node.linkTarget ?? Buffer.alloc(0);
      return link.length === 0 || link.includes(0) ? this.#slow : this.#plain;
    }
    if (node.type !== 'file') return this.#plain;
    let length = 0;
    for (const { plain } of blobs) {
      if (plain === 0) return this.#slow;
      length += plain;
    }
    // What is not as it should be is found out and told by whoever reads blob by blob.
    if (blobs.length !== (node.content?.length ?? 0) || BigInt(length) !== node.size) return this.#slow;
    return length <= longestWhole && blobs.length <= mostBlobs ? this.#plain : this.#big;
  }

  async #makePlain(pieces: Piece[], slots: Slots, ranges: PackRanges): Promise<void> {
    const place = ({ blobs: [first] }: Piece): number => (first ? (this.#packOrder.get(first.pack) ?? 0) : -1);
    pieces.sort((a, b) => place(a) - place(b) || (a.blobs[0]?.offset ?? 0) - (b.blobs[0]?.offset ?? 0));
    for (const group of groupsOf(pieces)) {
      throwIfAborted(this.#context.signal);
      await slots.begin(() => this.#makeGroup(group, ranges));
    }
    await slots.done();
  }

  async #makeGroup(group: readonly Piece[], ranges: PackRanges): Promise<void> {
    const reading = await ranges.reading(group.flatMap(({ blobs }) => blobs));
    try {
      const folders = new FolderRows();
      const asked: Piece[] = [];
      const entries: EntryRow[] = [];
      let next = 0;
      for (const piece of group) {
        const { tree, folder, node, blobs } = piece;
        const rows: EntryRow[10][number][] = [];
        for (const [index, { length, uncompressedLength, plain }] of blobs.entries()) {
          const at = reading.places[next + index];
          if (at) rows.push([node.content?.[index] ?? '', at.range, at.at, length, uncompressedLength, plain]);
        }
        next += blobs.length;
        if (rows.length < blobs.length) this.#slow.push(piece);
        else {
          asked.push(piece);
          entries.push(rowOf(node, folders.indexOf(tree, folder), rows));
        }
      }
      const [first] = asked;
      if (!first) return;
      const { owner } = first.tree;
      const job = { kind: 'make', ranges: reading.ranges, owner, folders: folders.rows, entries } as const;
      const answers = await this.#threads.hands.do({ ...job, sync: this.#sync });
      let bytes = 0;
      let last: PlanItem | undefined;
      let made = 0;
      let failure: { readonly error: unknown } | undefined;
      for (const [index, piece] of asked.entries()) {
        const answer = answers[index];
        const item = piece.tree.items[piece.index] as PlanItem;
        if (answer === undefined || (typeof answer !== 'string' && 'hurt' in answer)) this.#slow.push(piece);
        else if (typeof answer !== 'string' && 'absent' in answer) failure ??= this.#listEnding(item, answer.absent);
        else if (isRefused(answer)) failure ??= this.#list(piece, errorOf(answer));
        else {
          this.#made(piece, answer);
          for (const { plain } of piece.blobs) bytes += plain;
          last = item;
          made += 1;
        }
      }
      if (last) this.#context.report.advance(made, bytes, itemPath(last));
      // What the others came to is known as well.
      if (failure) throw failure.error;
    } finally {
      reading.release();
    }
  }

  #made(piece: Piece, answer: string | MadeWith): void {
    const { tree, index, node, blobs } = piece;
    const item = tree.items[index] as PlanItem;
    const line = typeof answer === 'string' ? answer : answer.line;
    const zeros = typeof answer === 'string' ? [] : answer.zeros;
    this.#lose(item, typeof answer === 'string' ? [] : answer.losses);
    tree.lines[index] = node.links > 1n ? sharedLine(line) : line;
    if (node.links > 1n) this.#links.placed(item, node, foundOfLine(line, item.type, tree.deviceId));
    if (node.type === 'file') tree.written.push({ index, node, lengths: blobs.map(({ plain }) => plain), zeros });
  }

  #lose(item: PlanItem, losses: readonly string[]): void {
    for (const loss of losses) if (isLoss(loss)) this.#context.warnings.lose(loss, itemPath(item));
  }

  async #makeBig(): Promise<void> {
    if (this.#big.length === 0) return;
    const { target } = this.#context;
    const pieces = new Map<object, Piece>();
    const puts = [];
    for (const piece of this.#big) {
      const item = piece.tree.items[piece.index] as PlanItem;
      const failure = this.#listing(piece, () => ensureFolder(target, item.in));
      if (failure) throw failure.error;
      if (failure === null) continue;
      const put = { item, n: piece.tree.n, temp: item.name, node: piece.node, link: null, staged: null };
      puts.push({ ...put, isOnItsWay: false, isDue: false });
      pieces.set(puts.at(-1) as object, piece);
    }
    const failed: PlanItem[] = [];
    const fail = (put: object, error: unknown): void => {
      const piece = pieces.get(put);
      pieces.delete(put);
      if (piece) failed.push(piece.tree.items[piece.index] as PlanItem);
      const failure = piece && this.#list(piece, error);
      if (failure) throw failure.error;
    };
    try {
      for (const put of await stagePuts(this.#context, this.#threads, puts, fail)) {
        this.#slow.push(pieces.get(put) as Piece);
        pieces.delete(put);
      }
    } finally {
      for (const item of failed) discardTemp(this.#context, item, item.name);
      for (const [put, piece] of pieces) this.#settle(piece, (put as (typeof puts)[number]).staged);
    }
  }

  /** Closes what was written here, and looks what it is. Whatever is not whole goes. */
  #settle(piece: Piece, staged: Awaited<ReturnType<typeof stageEntry>> | null): void {
    const { target, zeros } = this.#context;
    const item = piece.tree.items[piece.index] as PlanItem;
    if (!staged) {
      discardTemp(this.#context, item, item.name);
      return;
    }
    const { fd, blobLengths } = staged;
    const at = target.entry(item.in, item.name);
    try {
      if (this.#sync && fd !== null) target.ops.fsyncSync(fd);
      const stat = fd === null ? target.ops.lstatSync(at) : target.ops.fstatSync(fd);
      piece.tree.lines[piece.index] = piece.node.links > 1n ? sharedLine(lineOfStat(stat)) : lineOfStat(stat);
    } finally {
      if (fd !== null) target.ops.closeSync(fd);
      staged.fd = null;
    }
    const line = piece.tree.lines[piece.index];
    const { node, tree, index } = piece;
    if (node.links > 1n && line) this.#links.placed(item, node, foundOfLine(line, item.type, tree.deviceId));
    this.#context.report.advance(1, 0, itemPath(item));
    if (node.type !== 'file') return;
    const empty = (node.content ?? []).flatMap((id: BlobId, at) => (zeros.has(id) ? [at] : []));
    tree.written.push({ index, node, lengths: blobLengths, zeros: empty });
  }

  async #makeHere(piece: Piece): Promise<void> {
    const item = piece.tree.items[piece.index] as PlanItem;
    try {
      ensureFolder(this.#context.target, item.in);
      this.#settle(piece, await stageEntry(this.#context, item, piece.node, item.name));
    } catch (error) {
      const failure = this.#list(piece, error);
      if (failure) throw failure.error;
    }
  }

  /** A further name of an inode that is there. */
  async #linkHere(piece: Piece): Promise<void> {
    const { target, warnings } = this.#context;
    const { tree, index, node } = piece;
    const item = tree.items[index] as PlanItem;
    const source = this.#links.sourceFor(item, node);
    if (!source?.found) return this.#makeHere(piece);
    try {
      ensureFolder(target, item.in);
      const path = target.entry(item.in, item.name);
      target.ops.linkSync(target.entry(source.item.in, source.item.name), path);
      const found = foundOf(target.ops.lstatSync(path));
      if (found.deviceId === source.found.deviceId && found.inode === source.found.inode) {
        tree.lines[index] = sharedLine(lineOfFound(found));
        this.#context.report.advance(1, 0, itemPath(item));
        return;
      }
      // Somebody replaced the first name meanwhile: what it leads to now is not ours to spread.
      discardTemp(this.#context, item, item.name);
    } catch (error) {
      if (!hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EXDEV', 'ENOENT', 'ENOTDIR', 'ELOOP')) {
        const failure = this.#list(piece, error);
        if (failure) throw failure.error;
        return;
      }
      warnings.lose('hard-link', itemPath(item));
    }
    await this.#makeHere(piece);
  }

  /** Folders get what belongs to them when everything in them is there, the deepest first and the top at last. */
  async #finish(folders: ReadonlyMap<FreshTree, readonly (readonly [PlanDirectory, FolderOfTree])[]>): Promise<void> {
    const slots = new Slots(this.#threads.hands.count * 2);
    for (const [tree, inside] of folders) await slots.begin(() => this.#finishTree(tree, inside.toReversed()));
    await slots.done();
  }

  async #finishTree(tree: FreshTree, inside: readonly (readonly [PlanDirectory, FolderOfTree])[]): Promise<void> {
    const rows = inside.map(([, { path }]): FolderRow => [tree.fd, path]);
    // The top stays for us alone until it has its name.
    const entries = inside.map(([{ node }, { index }]) => (index === 0 ? null : node && rowOf(node, 0, [])));
    const answers = await this.#threads.hands.do({ kind: 'finish', folders: rows, entries, sync: this.#sync });
    for (const [at, [directory, { index }]] of inside.entries()) {
      const answer = answers[at];
      const item = tree.items[index] as PlanItem;
      if (answer === undefined || isRefused(answer)) {
        const there = index === 0 ? null : lineAt(this.#context, directory);
        tree.lines[index] = there;
        if (!answer) continue;
        try {
          listOrEnd(this.#context, item, errorOf(answer));
        } catch (error) {
          this.#remember(error);
        }
        continue;
      }
      tree.lines[index] = typeof answer === 'string' ? answer : answer.line;
      this.#lose(item, typeof answer === 'string' ? [] : answer.losses);
    }
  }

  /** What ends the restore is returned. */
  #list({ tree, index, node }: Piece, error: unknown): { readonly error: unknown } | undefined {
    const item = tree.items[index] as PlanItem;
    this.#links.failed(item, node);
    try {
      listOrEnd(this.#context, item, error);
      return undefined;
    } catch (ending) {
      return { error: ending };
    }
  }

  /** Undefined when it went well, null when it was listed. */
  #listing(piece: Piece, work: () => void): { readonly error: unknown } | null | undefined {
    try {
      work();
      return undefined;
    } catch (error) {
      return this.#list(piece, error) ?? null;
    }
  }

  /** Its folder could not be made, and is listed itself: told only where it ends the restore. */
  #listEnding(item: PlanItem, refused: Refused): { readonly error: unknown } | undefined {
    if (!hasCode(errorOf(refused), 'ENOSPC', 'EDQUOT', 'EROFS')) return undefined;
    try {
      listOrEnd(this.#context, item, errorOf(refused));
      return undefined;
    } catch (error) {
      return { error };
    }
  }
}
