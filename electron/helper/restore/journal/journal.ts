import {
  closeSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunId } from '../../../../shared/domain/ids.ts';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { hasCode } from '../../system/errno.ts';
import { takeFileLock, tryFileLock } from '../../system/file-lock.ts';
import { type JournalRecord, journalRecordSchema } from './journal-records.ts';

const syncData = promisify(fdatasync);
const namePattern = /^restore-([0-9a-f]{32})\.journal$/;

/**
 * The journal of one running restore: JSON lines, added to only. Its file is locked for as long as the restore runs, so
 * that another helper of the same user that starts meanwhile can tell it from one that was left behind.
 */
export class Journal {
  readonly #path: string;
  readonly #directory: string;
  readonly #fd: number;
  #pending: string[] = [];
  #later: string[] = [];
  #isClosed = false;

  private constructor(directory: string, path: string, fd: number) {
    this.#directory = directory;
    this.#path = path;
    this.#fd = fd;
  }

  /** A new journal; its name is durable when this returns. EEXIST when the run has one already. */
  static create(directory: string, runId: RunId): Journal {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, `restore-${runId}.journal`);
    for (;;) {
      const fd = openSync(path, 'ax', 0o600);
      try {
        takeFileLock(fd, path);
        // Whoever had it for a moment found it empty, and took it for one that was left behind: made once more.
        if (fstatSync(fd).nlink > 0) {
          syncDirectory(directory);
          return new Journal(directory, path, fd);
        }
      } catch (error) {
        closeSync(fd);
        throw error;
      }
      closeSync(fd);
    }
  }

  append(record: JournalRecord): void {
    this.#pending.push(JSON.stringify(record));
  }

  /** For what was done and is not durable yet: it is not written before `release`, and never without it. */
  appendLater(record: JournalRecord): void {
    this.#later.push(JSON.stringify(record));
  }

  /** What was appended for later is durable by now: it may be told. */
  release(): void {
    for (const line of this.#later) this.#pending.push(line);
    this.#later = [];
  }

  /** Everything appended so far is durable when this resolves, but what was appended for later. */
  async sync(): Promise<void> {
    try {
      this.#write();
      await syncData(this.#fd);
    } catch (error) {
      throw hasCode(error, 'ENOSPC', 'EDQUOT') ? noRoom(error) : error;
    }
  }

  /** The restore left nothing to finish: its record, if any, is durable. */
  remove(): void {
    // While it is still locked: nobody is to find it without its owner.
    unlinkSync(this.#path);
    this.close();
    syncDirectory(this.#directory);
  }

  /** Without `remove` it is left behind, for the next helper that starts. May be called more than once. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#write();
    } finally {
      closeSync(this.#fd);
    }
  }

  #write(): void {
    if (this.#pending.length === 0) return;
    const bytes = Buffer.from(`${this.#pending.join('\n')}\n`);
    const { size } = fstatSync(this.#fd);
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
    } catch (error) {
      // A line that is cut off would hide all that follow it. What was not written is tried again with the next.
      ftruncateSync(this.#fd, size);
      throw error;
    }
    this.#pending = [];
  }
}

function noRoom(cause: unknown): StillpointError {
  return new StillpointError({
    kind: 'scratch-full',
    message: 'There is no room left where Stillpoint keeps the journal of this restore.',
    guidance: 'What was put back so far stays. Make room on the system disk and restore again.',
    retryable: true,
    cause,
  });
}

export interface LeftJournal {
  readonly runId: string;
  readonly path: string;
  /** Up to the first line that is not whole: a crash can only have cut the end. */
  readonly records: readonly JournalRecord[];
}

/** Journals there are, whosever they are. */
export function leftJournals(directory: string): readonly LeftJournal[] {
  return journalNames(directory).map(({ runId, path }) => ({
    ...{ runId, path },
    records: parseRecords(readFileSync(path, 'utf8')),
  }));
}

/**
 * Hands over each journal whose restore has ended without coming to its end, and keeps everybody else away from it
 * meanwhile; that of a restore that still runs is passed over. `unreadable` says what to tell of one that cannot be read.
 */
export function takeLeftJournals<T>(
  directory: string,
  use: (journal: LeftJournal) => readonly T[],
  unreadable: (path: string, error: unknown) => T,
): readonly T[] {
  return journalNames(directory).flatMap(({ runId, path }) => {
    let fd: number | undefined;
    try {
      fd = openSync(path, 'r');
      // Gone meanwhile: its restore has come to its end, or somebody else has dealt with it.
      if (!tryFileLock(fd) || fstatSync(fd).nlink === 0) return [];
      return use({ runId, path, records: parseRecords(readFileSync(fd, 'utf8')) });
    } catch (error) {
      return hasCode(error, 'ENOENT') ? [] : [unreadable(path, error)];
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  });
}

function journalNames(directory: string): readonly { readonly runId: string; readonly path: string }[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
  return names.sort().flatMap((name) => {
    const runId = namePattern.exec(name)?.[1];
    return runId === undefined ? [] : [{ runId, path: join(directory, name) }];
  });
}

export function parseRecords(text: string): readonly JournalRecord[] {
  const records: JournalRecord[] = [];
  for (const line of text.split('\n')) {
    const parsed = parseLine(line);
    if (!parsed) break;
    records.push(parsed);
  }
  return records;
}

function parseLine(line: string): JournalRecord | undefined {
  try {
    return journalRecordSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

export function syncDirectory(directory: string): void {
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
