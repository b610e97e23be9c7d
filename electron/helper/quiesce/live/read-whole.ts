import { closeSync, fdatasync, read, readSync } from 'node:fs';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import { hasCode } from '../../system/errno.ts';
import { dataExtents } from '../../system/sparse.ts';
import { type Statx, statxDescriptor } from '../../system/statx.ts';
import { probeWriters, type WriterProbe } from '../../system/writer-probe.ts';
import type { ContentSink, ContentVerdict, EntryMeta } from '../contract.ts';
import { granularityOf, wallClockNs } from '../ctime/granularity.ts';
import { longestFaultNs } from '../ctime/mapped-writes.ts';
import { pause } from '../pause.ts';
import { readableXattrs } from '../view/entry-detail.ts';
import { entryMeta } from '../view/entry-meta.ts';
import { whyOneUnreadable, whyReadFails } from '../view/unreadable.ts';
import type { BufferPool } from './buffer-pool.ts';

export interface WholeReadOptions {
  readonly tree: OpenTree;
  readonly signal: AbortSignal;
  readonly buffers: BufferPool;
  readonly tickNs: bigint;
  /** Start of the flush before the run; null when it could not be made. */
  readonly flushedAtNs: bigint | null;
  /** See mapped-writes.ts. */
  readonly tracesMappedWrites: boolean;
  /** See mapped-writes.ts: where it is false, `none` of the probe says no more than `unknown`. */
  readonly probeSeesEveryWriter: boolean;
  /** Attributes of an open file may be old news: ask again by opening it again. */
  readonly isRemote: boolean;
  /** How often a file is read before it is given up as torn. */
  readonly attempts: number;
  /** The kernel’s by default; tests bring their own. */
  readonly probe?: (fd: number) => WriterProbe;
}

export interface WholeRead {
  readonly verdict: ContentVerdict;
  readonly attempts: number;
  /** It is called whole, and nobody could tell whether it was being changed unseen: to be counted in the evidence. */
  readonly isUnseen: boolean;
}

/** Up to this size a file is read at once: waking a thread costs more than the read. */
const atOnceBytes = 128 * 1024;
/** After so much of a file it is looked at again. */
const lookAgainBytes = 16 * 1024 * 1024;

const vanished: ContentVerdict = { state: 'vanished' };

/**
 * Sends one version of a file, or says that there was none. A version is shown to be one by this order of steps:
 *
 * 1. its ctime is looked at, and is older than the clock's step: a later write will bear another;
 * 2. writes through memory that would not move the ctime are ruled out: the ctime is older than the last flush (a flush
 *    makes the next store into any page move the ctime) by as long as a store can be under way, or nobody has the file open
 *    for writing, or it is flushed now; where none of these can be known the file passes all the same, and the result says so;
 * 3. it is read, holes looked for first: that waits for a write(2) that had begun before step 1;
 * 4. its ctime, mtime and size are looked at again, and are the same.
 */
export async function readWhole(entry: TreeEntry, sink: ContentSink, options: WholeReadOptions): Promise<WholeRead> {
  let last: Attempt | undefined;
  for (let attempt = 1; attempt <= options.attempts; attempt += 1) {
    throwIfAborted(options.signal);
    if (last !== undefined) {
      sink.restart();
      // Longer each time: a writer in a burst is given the chance to finish.
      await pause(10 * 4 ** (attempt - 2), options.signal);
    }
    last = await readOnce(entry, sink, options, attempt === options.attempts);
    if (last.state === 'done') return { verdict: last.verdict, attempts: attempt, isUnseen: last.isUnseen };
  }
  if (last?.state !== 'changed') throw new Error('a file is read at least once');
  return {
    verdict: { state: 'torn', meta: last.meta, reason: last.reason },
    attempts: options.attempts,
    isUnseen: false,
  };
}

type Attempt =
  | { readonly state: 'done'; readonly verdict: ContentVerdict; readonly isUnseen: boolean }
  | { readonly state: 'changed'; readonly meta: ReturnType<typeof entryMeta>; readonly reason: string };

async function readOnce(
  entry: TreeEntry,
  sink: ContentSink,
  options: WholeReadOptions,
  isLast: boolean,
): Promise<Attempt> {
  let fd: number;
  try {
    fd = options.tree.openFile(entry);
  } catch (error) {
    return { state: 'done', verdict: refusal(error), isUnseen: false };
  }
  try {
    const before = await settledStat(fd, options);
    const doubt = await unseenWrites(fd, before, options);
    const length = await sendContent(fd, before, sink, options, isLast);
    const xattrs = xattrsOf(fd, entry, options.tree);
    const after = options.isRemote ? statAgain(entry, options.tree) : statxDescriptor(fd);
    const meta = entryMeta(before, { linkTarget: null, xattrs });
    if (after === undefined) return { state: 'changed', meta, reason: 'It was replaced while being read.' };
    if (!isSameVersion(before, after) || length !== Number(before.size))
      return { state: 'changed', meta, reason: 'It changed while being read, every time it was tried.' };
    if (typeof doubt === 'object') return { state: 'changed', meta, reason: doubt.reason };
    return { state: 'done', verdict: { state: 'whole', meta }, isUnseen: doubt === 'cannot be told' };
  } catch (error) {
    const reason = whyReadFails(error);
    if (reason === undefined) throw error;
    return { state: 'done', verdict: { state: 'unreadable', reason }, isUnseen: false };
  } finally {
    closeSync(fd);
  }
}

/** A stat whose ctime is older than the clock's step, if a short wait brings one. */
async function settledStat(fd: number, options: WholeReadOptions): Promise<Statx> {
  let stat = statxDescriptor(fd);
  for (let turn = 0; turn < 3 && isTooYoung(stat, wallClockNs(), options.tickNs); turn += 1) {
    const waitNs = stat.ctimeNs + granularityOf(stat.ctimeNs, options.tickNs) - wallClockNs();
    await pause(Number(waitNs / 1_000_000n) + 2, options.signal);
    stat = statxDescriptor(fd);
  }
  return stat;
}

/** A ctime of the future (the clock was set back) is not too young: a write of now bears another. */
function isTooYoung(stat: Statx, nowNs: bigint, tickNs: bigint): boolean {
  const age = nowNs - stat.ctimeNs;
  return age >= -tickNs && age <= granularityOf(stat.ctimeNs, tickNs);
}

/** Whether writes may pass unseen during the read that follows. An object: they may, for this reason. */
type Doubt = 'none' | 'cannot be told' | { readonly reason: string };

async function unseenWrites(fd: number, stat: Statx, options: WholeReadOptions): Promise<Doubt> {
  const { flushedAtNs, tickNs } = options;
  const nowNs = wallClockNs();
  if (isTooYoung(stat, nowNs, tickNs)) return { reason: 'It kept changing from one moment to the next.' };
  if (options.tracesMappedWrites && flushedAtNs !== null && isSettledBefore(stat, flushedAtNs, tickNs)) return 'none';
  const probe = (options.probe ?? probeWriters)(fd);
  if (probe === 'none' && options.probeSeesEveryWriter) return 'none';
  if (options.tracesMappedWrites) {
    const syncedFromNs = wallClockNs();
    await flushFile(fd);
    if (statxDescriptor(fd).ctimeNs !== stat.ctimeNs || !isBefore(stat, syncedFromNs, tickNs))
      return { reason: 'A program has it open and keeps changing it.' };
    return isSettledBefore(stat, syncedFromNs, tickNs) ? 'none' : 'cannot be told';
  }
  if (probe === 'some')
    return { reason: 'A program has it open for writing, and its filesystem does not show every kind of change.' };
  return 'cannot be told';
}

/** Before a flush that began at this instant, and no store into a page that came with it can have missed that flush. */
export function isSettledBefore(stat: Statx, instantNs: bigint, tickNs: bigint): boolean {
  return isBefore(stat, instantNs - longestFaultNs, tickNs);
}

function isBefore(stat: Statx, instantNs: bigint, tickNs: bigint): boolean {
  return stat.ctimeNs + granularityOf(stat.ctimeNs, tickNs) < instantNs;
}

/** On a thread of the pool: it waits for the disk. Needs no right to write. */
function flushFile(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(fd, (error) => (error === null || hasCode(error, 'EROFS', 'EINVAL') ? resolve() : reject(error)));
  });
}

/**
 * Sends everything up to the size that was seen. Returns how many bytes that came to. What changed meanwhile is only sent to
 * its end where it is not tried again: a large file that keeps changing would be read, and stored, once for each try.
 */
async function sendContent(
  fd: number,
  stat: Statx,
  sink: ContentSink,
  options: WholeReadOptions,
  isLast: boolean,
): Promise<number> {
  const size = Number(stat.size);
  if (size === 0) return 0;
  const isStill = (): boolean => statxDescriptor(fd).ctimeNs === stat.ctimeNs;
  if (sink.file !== undefined)
    return sink.file({ fd, size, extents: dataExtents(fd, size), isStill: isLast ? undefined : isStill });
  const buffer = options.buffers.take(size);
  let position = 0;
  let lookAt = lookAgainBytes;
  let bytes = 0;
  try {
    for (const { offset, length } of dataExtents(fd, size)) {
      if (offset > position) await sink.hole(offset - position);
      position = offset;
      const end = offset + length;
      while (position < end) {
        throwIfAborted(options.signal);
        const wanted = Math.min(buffer.length, end - position);
        const count =
          size <= atOnceBytes ? readSync(fd, buffer, 0, wanted, position) : await readAt(fd, buffer, wanted, position);
        if (count === 0) return position;
        await sink.data(buffer.subarray(0, count));
        position += count;
        bytes += count;
        if (isLast || bytes < lookAt) continue;
        if (!isStill()) return position;
        lookAt = bytes + lookAgainBytes;
      }
    }
    if (position < size) await sink.hole(size - position);
    return size;
  } finally {
    options.buffers.give(buffer);
  }
}

function readAt(fd: number, buffer: Buffer, length: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, length, position, (error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

function isSameVersion(before: Statx, after: Statx): boolean {
  return (
    before.ctimeNs === after.ctimeNs &&
    before.mtimeNs === after.mtimeNs &&
    before.size === after.size &&
    before.inode === after.inode
  );
}

/** In the name the file was opened in: what root alone may see of it is not the caller's. */
function xattrsOf(fd: number, entry: TreeEntry, tree: OpenTree): EntryMeta['xattrs'] {
  const noteRefused = (): void => tree.noteUnreadable(entry.path, 'Some of its attributes could not be read.');
  return tree.files.run(() => readableXattrs(fd, noteRefused));
}

function statAgain(entry: TreeEntry, tree: OpenTree): Statx | undefined {
  try {
    const fd = tree.openFile(entry);
    try {
      return statxDescriptor(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

function refusal(error: unknown): ContentVerdict {
  if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV', 'ENXIO')) return vanished;
  const reason = whyOneUnreadable(error);
  if (reason === undefined) throw error;
  return { state: 'unreadable', reason };
}
