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

export function openNamed(jobs: readonly NumberedJob[], identity: Identity | null): OpenedFiles {
  const files = jobs.flatMap(({ job }) => (job.kind === 'named' ? [job] : []));
  const opened = new Map<NamedJob, number>();
  const openAll = (): void => {
    for (const file of files) {
      const fd = openOrNothing(file);
      if (fd !== undefined) opened.set(file, fd);
    }
  };
  if (identity === null || files.length === 0) openAll();
  else asIdentity(identity, openAll);
  return {
    crunch: (job, cruncher) => {
      const fd = opened.get(job);
      if (fd === undefined) return notThere;
      opened.delete(job);
      try {
        return crunch(job, fd, cruncher);
      } finally {
        closeSync(fd);
      }
    },
    [Symbol.dispose]: () => {
      for (const fd of opened.values()) closeSync(fd);
    },
  };
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
