import { fstatSync, readdirSync, readFileSync } from 'node:fs';
import { hasCode } from '../../system/errno.ts';
import { probeWriters } from '../../system/writer-probe.ts';
import type { HotFile } from './contract.ts';

/**
 * Files of which every descriptor open for writing was opened after the watch began, so that whoever uses one can be asked
 * to wait. Known of a file once
 *  - a moment was seen, after the beginning, in which nobody had it open for writing (a lease is granted then); or
 *  - it was made after the beginning, and nobody had its inode open for writing at the beginning.
 * Descriptors do not tell when they were opened, and the times of /proc/PID/fd are those of looking there.
 */
export class Coverage {
  readonly #startedNs: bigint;
  readonly #isWatched: () => boolean;
  readonly #openAtStart: ReadonlySet<bigint>;
  readonly #covered = new Set<string>();

  /** To be made after the mark. Looks at /proc: not while anything is frozen. */
  constructor(startedNs: bigint, isWatched: () => boolean) {
    this.#startedNs = startedNs;
    this.#isWatched = isWatched;
    this.#openAtStart = inodesOpenForWriting();
  }

  /** Looks, and remembers. `fd` is open for reading only. */
  has(file: Pick<HotFile, 'fd' | 'deviceId' | 'inode'>): boolean {
    // Whoever opened it after the mark went is not asked.
    if (!this.#isWatched()) return false;
    const key = `${file.deviceId}:${file.inode}`;
    if (this.#covered.has(key)) return true;
    // An inode number that is used anew stands for a file made after the beginning: what is remembered stays true.
    const isCovered = probeWriters(file.fd) === 'none' || this.#isNew(file);
    if (isCovered) this.#covered.add(key);
    return isCovered;
  }

  #isNew({ fd, inode }: Pick<HotFile, 'fd' | 'inode'>): boolean {
    return fstatSync(fd, { bigint: true }).birthtimeNs > this.#startedNs && !this.#openAtStart.has(inode);
  }
}

/** Numbers of all inodes that anybody has open for writing or mapped shared, whatever their filesystem. */
function inodesOpenForWriting(): ReadonlySet<bigint> {
  const found = new Set<bigint>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      for (const [, inode] of readFileSync(`/proc/${pid}/maps`, 'latin1').matchAll(/^\S+ \S{3}s \S+ \S+ (\d+)/gm))
        found.add(BigInt(inode ?? 0));
      for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
        const info = readIfThere(`/proc/${pid}/fdinfo/${fd}`);
        const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? '0', 8);
        if ((flags & 3) !== 0) found.add(BigInt(/^ino:\s*(\d+)/m.exec(info)?.[1] ?? 0));
      }
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) throw error;
    }
  }
  return found;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EINVAL')) return '';
    throw error;
  }
}
