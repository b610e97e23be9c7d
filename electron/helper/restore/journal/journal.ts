import {
  closeSync,
  fdatasync,
  fsyncSync,
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
import { type JournalRecord, journalRecordSchema } from './journal-records.ts';

const syncData = promisify(fdatasync);
const namePattern = /^restore-([0-9a-f]{32})\.journal$/;

/** The journal of one running restore: JSON lines, added to only. */
export class Journal {
  readonly #path: string;
  readonly #directory: string;
  readonly #fd: number;
  #pending: string[] = [];

  private constructor(directory: string, path: string, fd: number) {
    this.#directory = directory;
    this.#path = path;
    this.#fd = fd;
  }

  /** A new journal; its name is durable when this returns. EEXIST when the run has one already. */
  static create(directory: string, runId: RunId): Journal {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, `restore-${runId}.journal`);
    const fd = openSync(path, 'ax', 0o600);
    syncDirectory(directory);
    return new Journal(directory, path, fd);
  }

  append(record: JournalRecord): void {
    this.#pending.push(JSON.stringify(record));
  }

  /** Everything appended so far is durable when this resolves. */
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
    this.close();
    unlinkSync(this.#path);
    syncDirectory(this.#directory);
  }

  close(): void {
    try {
      this.#write();
    } finally {
      closeSync(this.#fd);
    }
  }

  #write(): void {
    if (this.#pending.length === 0) return;
    const bytes = Buffer.from(`${this.#pending.join('\n')}\n`);
    this.#pending = [];
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
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

/** Journals of restores that did not come to their end. */
export function leftJournals(directory: string): readonly LeftJournal[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
  return names.sort().flatMap((name) => {
    const runId = namePattern.exec(name)?.[1];
    if (runId === undefined) return [];
    const path = join(directory, name);
    return [{ runId, path, records: parseRecords(readFileSync(path, 'utf8')) }];
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
