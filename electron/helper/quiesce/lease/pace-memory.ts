import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

export interface Rest {
  /** Until then writers are left in peace: milliseconds of the clock that the pace goes by. */
  readonly untilMs: number;
  readonly isOverrun: boolean;
}

/** Which filesystem rests until when. Never throws: without a memory a freeze is as safe, and comes sooner. */
export interface PaceMemory {
  restOf(filesystem: string): Rest | undefined;
  keep(filesystem: string, rest: Rest): void;
}

/** For one process. */
export function ownMemory(): PaceMemory {
  const rests = new Map<string, Rest>();
  return {
    restOf: (filesystem) => rests.get(filesystem),
    keep: (filesystem, rest) => void rests.set(filesystem, rest),
  };
}

/** The kernel's numbers of a device, as they are part of a file name. */
const plainNumber = /^\d+:\d+$/;
const longestFile = 200;

/**
 * For all helpers of one user since the machine was started: a file for each filesystem, in a folder that is this user's
 * alone. What cannot be read, or written, is known to this process only.
 */
export function sharedMemory(folder: string): PaceMemory {
  const own = ownMemory();
  return {
    restOf: (filesystem) => {
      const [mine, kept] = [own.restOf(filesystem), read(folder, filesystem)];
      return mine === undefined || (kept !== undefined && kept.untilMs > mine.untilMs) ? kept : mine;
    },
    keep: (filesystem, rest) => {
      own.keep(filesystem, rest);
      try {
        write(folder, filesystem, rest);
      } catch {
        // A full or read-only folder.
      }
    },
  };
}

function read(folder: string, filesystem: string): Rest | undefined {
  if (!plainNumber.test(filesystem)) return undefined;
  let fd: number | undefined;
  try {
    fd = openSync(join(folder, filesystem), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const found = fstatSync(fd);
    if (!found.isFile() || found.uid !== process.geteuid?.() || found.size > longestFile) return undefined;
    return restIn(JSON.parse(readFileSync(fd, 'utf8')));
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function restIn(value: unknown): Rest | undefined {
  if (typeof value !== 'object' || value === null || !('untilMs' in value && 'isOverrun' in value)) return undefined;
  const { untilMs, isOverrun } = value;
  return typeof untilMs === 'number' && typeof isOverrun === 'boolean' ? { untilMs, isOverrun } : undefined;
}

/** Lost with the machine's power, as it may be: nothing waits for a disk. */
function write(folder: string, filesystem: string, rest: Rest): void {
  if (!plainNumber.test(filesystem)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.geteuid?.() || (found.mode & 0o022) !== 0) return;
  const path = join(folder, filesystem);
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify(rest), { mode: 0o600 });
  renameSync(fresh, path);
}
