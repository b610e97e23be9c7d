import { closeSync, readSync } from 'node:fs';
import type { Suspect } from '../../../../shared/domain/evidence.ts';
import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import { hasCode } from '../../system/errno.ts';
import { openQuietly } from '../../system/open-quietly.ts';
import { dataExtents } from '../../system/sparse.ts';
import { findWriterHolders, type WriterHolder, type WriterHolders } from '../../system/writer-holders.ts';
import { probeWriters, type WriterProbe } from '../../system/writer-probe.ts';

/** A file that somebody may write to without a trace, or that could not be asked. */
interface Candidate {
  readonly entry: TreeEntry;
  readonly probe: Exclude<WriterProbe, 'none'>;
}

export interface SuspectFindings {
  readonly suspects: readonly Suspect[];
  /** Why not everything was seen, for people; empty when it was. */
  readonly gap: string;
}

/** Steps that need the kernel; tests bring their own. */
export interface WriterWatchSystem {
  probeWriters(fd: number): WriterProbe;
  findWriterHolders(files: Parameters<typeof findWriterHolders>[0]): WriterHolders;
}

const kernel: WriterWatchSystem = { probeWriters, findWriterHolders };

/**
 * Finds who could change a file without moving its ctime: shared writable mappings, loop devices, swap files, writes
 * that go on by themselves (libaio, io_uring) or past the cache (O_DIRECT).
 *
 * Each file is asked whether anybody has it open for writing at all. Nearly always nobody has, and then nothing of that
 * kind can exist, whoever owns the processes of this machine: an unprivileged helper can know it too. Only for the few
 * others /proc is read. A plain descriptor is no suspect: write(2) moves the ctime, and a call already under way is
 * waited for here.
 */
export class WriterWatch {
  readonly #tree: OpenTree;
  readonly #system: WriterWatchSystem;
  readonly #candidates: Candidate[] = [];

  constructor(tree: OpenTree, system: WriterWatchSystem = kernel) {
    this.#tree = tree;
    this.#system = system;
  }

  /** To be called for every regular file, within the scan. */
  visit(entry: TreeEntry, dirFd: number): void {
    let fd: number;
    try {
      fd = openQuietly(dirFd, entry.name);
    } catch (error) {
      // EAGAIN: somebody holds a write lease. Vanished and forbidden files are not read either.
      if (hasCode(error, 'EAGAIN')) this.#candidates.push({ entry, probe: 'some' });
      else if (!hasCode(error, 'ENOENT', 'ELOOP', 'EACCES', 'EPERM', 'ENXIO', 'EIO', 'ESTALE')) throw error;
      return;
    }
    try {
      const probe = this.#system.probeWriters(fd);
      if (probe === 'none') return;
      waitForWriteUnderWay(fd, entry);
      this.#candidates.push({ entry, probe });
    } finally {
      closeSync(fd);
    }
  }

  /**
   * To be called once, after the scan. `isReadMeanwhile`: files were read between being asked about and this. Who had one open
   * then, and is gone, may have ended a write past the page cache after the file was read: it is not forgiven.
   */
  findings(isReadMeanwhile = false): SuspectFindings {
    if (this.#candidates.length === 0) return { suspects: [], gap: '' };
    const identities = this.#candidates.map(({ entry }) => ({
      deviceId: entry.stat.deviceId,
      inode: entry.stat.inode,
    }));
    const { holders, gaps } = this.#system.findWriterHolders(identities);
    const byInode = new Map<bigint, WriterHolder[]>();
    for (const holder of holders) byInode.set(holder.file.inode, [...(byInode.get(holder.file.inode) ?? []), holder]);

    const suspects: Suspect[] = [];
    let unexplained = 0;
    let gone = 0;
    for (const candidate of this.#candidates) {
      const own = byInode.get(candidate.entry.stat.inode) ?? [];
      const path = this.#tree.describe(candidate.entry.path);
      suspects.push(...own.flatMap((holder) => suspectOf(holder, path)));
      if (own.length > 0) continue;
      if (this.#isStillHeld(candidate)) unexplained += 1;
      else if (isReadMeanwhile && candidate.probe === 'some') gone += 1;
    }
    return { suspects: withoutRepeats(suspects), gap: describeGap(this.#candidates, gaps, unexplained, gone) };
  }

  /** Between the question and the look at /proc the writer may simply have finished. */
  #isStillHeld({ entry, probe }: Candidate): boolean {
    if (probe === 'unknown') return false;
    try {
      const fd = this.#tree.openFile(entry);
      try {
        return this.#system.probeWriters(fd) !== 'none';
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      return !hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV');
    }
  }
}

/**
 * A write(2) moves the ctime when it begins, and may go on for seconds. Looking for a hole (ext4, btrfs) and reading
 * (xfs) both need the lock it holds: what began before is over when they return, what begins later moves the ctime.
 */
function waitForWriteUnderWay(fd: number, entry: TreeEntry): void {
  if (entry.stat.size === 0n) return;
  try {
    dataExtents(fd, 1);
    readSync(fd, Buffer.alloc(1), 0, 1, 0);
  } catch (error) {
    // It cannot be read; then it is not part of the snapshot, and is listed as such by whoever tries.
    if (!hasCode(error, 'EIO', 'EINVAL', 'ENXIO')) throw error;
  }
}

function suspectOf(holder: WriterHolder, path: string): Suspect[] {
  switch (holder.how) {
    case 'mapping':
      return [{ kind: 'writable-mapping', path, pid: holder.pid }];
    case 'loop-device':
      return [{ kind: 'loop-device', path }];
    case 'swap':
      return [{ kind: 'swap-file', path }];
    case 'descriptor':
      return holder.isDirect || holder.canWriteLater ? [{ kind: 'asynchronous-io', path, pid: holder.pid }] : [];
  }
}

function withoutRepeats(suspects: readonly Suspect[]): Suspect[] {
  return [...new Map(suspects.map((each) => [`${each.kind} ${each.pid} ${each.path}`, each])).values()];
}

function describeGap(
  candidates: readonly Candidate[],
  gaps: readonly string[],
  unexplained: number,
  gone: number,
): string {
  const unknown = candidates.filter(({ probe }) => probe === 'unknown').length;
  const open = candidates.length - unknown;
  const sentences: string[] = [];
  if (gaps.length > 0 && open > 0) sentences.push(`${countFiles(open)} open for writing.`);
  if (gaps.length > 0 && unknown > 0)
    sentences.push(`Whether ${countFiles(unknown)} open for writing cannot be asked without more rights.`);
  sentences.push(...gaps);
  if (unexplained > 0) sentences.push(`${countFiles(unexplained)} open for writing by something out of sight.`);
  if (gone > 0)
    sentences.push(
      `${gone === 1 ? '1 file was' : `${gone} files were`} open for writing when looked at first, by something that has ended since.`,
    );
  return sentences.join(' ');
}

function countFiles(count: number): string {
  return count === 1 ? '1 file is' : `${count} files are`;
}
