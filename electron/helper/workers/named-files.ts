import { closeSync } from 'node:fs';
import type { Crunched, NamedJob } from '../repository/crunch/contract.ts';
import type { Cruncher } from '../repository/crunch/cruncher.ts';
import { asIdentity, type Identity } from '../system/identity.ts';
import { openQuietly } from '../system/open-quietly.ts';
import { statxDescriptor } from '../system/statx.ts';
import { probeWriters } from '../system/writer-probe.ts';
import type { NumberedJob } from './messages.ts';

/** Named files of one message, opened together: borrowing somebody's rights costs more than opening a file. */
export interface OpenedFiles extends Disposable {
  /** Takes a file in; its blobs count only where it is as named. Throws what is the thread's own failure. */
  crunch(job: NamedJob, cruncher: Pick<Cruncher, 'do'>): Crunched;
}

const notThere: Crunched = { ids: [], cuts: [], length: 0, blobsNew: 0, bytesNew: 0, bytesStored: 0, isAsNamed: false };

/** `openFiles` has room for as many as one message has, and says at any moment which are open. */
export function openNamed(jobs: readonly NumberedJob[], identity: Identity | null, openFiles: Int32Array): OpenedFiles {
  const files = jobs.flatMap(({ job }) => (job.kind === 'named' ? [job] : []));
  if (files.length > openFiles.length) throw new Error('a message has more files than may be open');
  /** Places in `openFiles`. */
  const opened = new Map<NamedJob, number>();
  const openAll = (): void => {
    for (const [place, file] of files.entries()) {
      const fd = openOrNothing(file);
      if (fd === undefined) continue;
      openFiles[place] = fd;
      opened.set(file, place);
    }
  };
  if (identity === null || files.length === 0) openAll();
  else asIdentity(identity, openAll);
  return {
    crunch: (job, cruncher) => {
      const place = opened.get(job);
      if (place === undefined) return notThere;
      opened.delete(job);
      try {
        return crunch(job, openFiles[place] as number, cruncher);
      } finally {
        closeAt(openFiles, place);
      }
    },
    [Symbol.dispose]: () => {
      for (const place of opened.values()) closeAt(openFiles, place);
    },
  };
}

/** What a thread that is over has left open. */
export function closeLeftOpen(openFiles: Int32Array): void {
  for (const place of openFiles.keys()) closeAt(openFiles, place);
}

/** Forgotten first: whoever looks must never close what is somebody else's by then. */
function closeAt(openFiles: Int32Array, place: number): void {
  const fd = openFiles[place] ?? -1;
  openFiles[place] = -1;
  if (fd >= 0) closeSync(fd);
}

/** Why it cannot be opened is found again, and told, by whoever reads it with care. */
function openOrNothing({ directory, name }: NamedJob): number | undefined {
  try {
    return openQuietly(directory, name);
  } catch (error) {
    if (isOfSystem(error)) return undefined;
    throw error;
  }
}

/**
 * That nobody has it open for writing also says that it is a regular file: of nothing else a lease is given, so nothing else
 * is ever read.
 */
function crunch(job: NamedJob, fd: number, cruncher: Pick<Cruncher, 'do'>): Crunched {
  let taken = notThere;
  try {
    if (probeWriters(fd) !== 'none') return notThere;
    taken = cruncher.do({ kind: 'stream', fd, start: 0, end: job.size });
    const { inode, size, mtimeNs, ctimeNs } = statxDescriptor(fd);
    const isAsNamed =
      inode === job.inode &&
      ctimeNs === job.ctimeNs &&
      mtimeNs === job.mtimeNs &&
      size === BigInt(job.size) &&
      taken.length === job.size;
    return { ...taken, isAsNamed };
  } catch (error) {
    if (isOfSystem(error)) return taken;
    throw error;
  }
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
