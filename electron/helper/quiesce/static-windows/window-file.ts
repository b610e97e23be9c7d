import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { Stretch } from '../../../../shared/domain/static-windows.ts';
import { hasCode } from '../../system/errno.ts';
import { formatLine, keepSince, noRecords, parseLines, type RecordKind, type WindowRecords } from './window-lines.ts';

/** Older ones are forgotten. */
const keptMs = 60 * 24 * 3_600_000;
/** A file with more lines than this, and twice as many as it needs, is written anew. */
const fewLines = 500;
/** 60 days of a window a minute are less. What is larger is none of ours and is not read. */
const mostBytes = 32 * 1024 * 1024;

/**
 * What is known of one source's quiet, in a file that grows by lines: mode 0600, bounded, readable whatever a power cut
 * or somebody else left in it. Writes wait for the disk: never while anything is frozen. It may be lost without harm.
 */
export class WindowFile {
  readonly #path: string;
  readonly #nowMs: () => number;
  #records: WindowRecords | undefined;
  #lines = 0;
  #unknown: readonly string[] = [];
  #isTorn = false;

  constructor(path: string, nowMs: () => number) {
    this.#path = path;
    this.#nowMs = nowMs;
  }

  /** Of the last 60 days. Rejects only where the file is there and cannot be read. */
  async read(): Promise<WindowRecords> {
    if (this.#records === undefined) {
      const { records, lines, unknown, isTorn } = parseLines(await this.#text());
      this.#records = records;
      this.#lines = lines;
      this.#unknown = unknown;
      this.#isTorn = isTorn;
    }
    this.#records = keepSince(this.#records, this.#nowMs() - keptMs);
    return this.#records;
  }

  /** Adds what was seen; of a stretch that goes on, all of it so far. Rejects with the system's own error. */
  async append(stretches: readonly { readonly kind: RecordKind; readonly stretch: Stretch }[]): Promise<void> {
    if (stretches.length === 0) return;
    await this.read();
    const text = stretches.map(({ kind, stretch }) => formatLine(kind, stretch)).join('');
    const file = await open(this.#path, appending, 0o600);
    try {
      // The line that was cut off stays without an end otherwise, and takes ours with it.
      await file.appendFile(this.#isTorn ? `\n${text}` : text);
    } finally {
      await file.close();
    }
    this.#isTorn = false;
    this.#lines += stretches.length;
    const { records } = parseLines(this.#format(this.#records ?? noRecords) + text);
    this.#records = records;
    if (this.#lines > fewLines && this.#lines > 2 * this.#needed(await this.read())) await this.#rewrite();
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  #needed({ quiet, watched }: WindowRecords): number {
    return quiet.length + watched.length + this.#unknown.length;
  }

  #format({ quiet, watched }: WindowRecords): string {
    const lines = [
      ...watched.map((each) => formatLine('watched', each)),
      ...quiet.map((each) => formatLine('quiet', each)),
    ];
    return lines.join('');
  }

  async #rewrite(): Promise<void> {
    const records = await this.read();
    const fresh = `${this.#path}.new`;
    await rm(fresh, { force: true });
    const file = await open(fresh, creating, 0o600);
    try {
      await file.writeFile(this.#unknown.map((line) => `${line}\n`).join('') + this.#format(records));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, this.#path);
    this.#lines = this.#needed(records);
  }

  async #text(): Promise<string> {
    let file: FileHandle;
    try {
      file = await open(this.#path, constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return '';
      throw error;
    }
    try {
      const { size } = await file.stat();
      return size > mostBytes ? '' : await file.readFile('utf8');
    } finally {
      await file.close();
    }
  }
}

const appending = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
const creating = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
