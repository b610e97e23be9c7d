import { compact, neededLines } from './compact.ts';
import { type Entry, type NewEntry, parseLine } from './entries.ts';
import { History } from './fold.ts';
import type { LineFile } from './line-file.ts';

/** A journal is made smaller when so many of its lines say nothing any more: rarely, and before it is long to read. */
const superfluousLines = 1_000;

/**
 * What happened to the schedule of one source, whoever ran it: `${folder}/<sourceId>.jsonl`. It is only added to, by whoever
 * has the lease of the source; anybody may read. What `append` was resolved for is not lost.
 */
export class Journal {
  readonly #file: LineFile;
  readonly #now: () => number;
  #known: { version: string; history: History } | null = null;
  #last = new History();

  constructor(file: LineFile, now: () => number) {
    this.#file = file;
    this.#now = now;
  }

  /** As it was read last. */
  get last(): History {
    return this.#last;
  }

  /** Reads again only what somebody changed. The history is the caller's to look at until the next call. */
  async read(): Promise<History> {
    const version = await this.#file.version();
    if (this.#known?.version === version) return this.#known.history;
    const text = await this.#file.read();
    const history = new History();
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const entry = parseLine(line);
      history.lines++;
      if (entry === undefined) history.damaged++;
      else if (entry === 'unknown') history.unknown++;
      else history.add(entry);
    }
    this.#last = history;
    this.#known = { version, history };
    return history;
  }

  /**
   * Only under the lease of the source. Resolves with the time that the entries bear. Rejects with `io`; a part of them may
   * then be there.
   */
  async append(...entries: readonly NewEntry[]): Promise<number> {
    const at = this.#now();
    if (entries.length === 0) return at;
    const full = entries.map((entry) => ({ ...entry, v: 1, at }) as Entry);
    const lines = full.map((entry) => JSON.stringify(entry));
    const known = this.#known;
    const isCurrent = known !== null && known.version === (await this.#file.version());
    this.#known = null;
    await this.#file.append(lines);
    if (!known || !isCurrent) return at;
    for (const entry of full) known.history.add(entry);
    known.history.lines += full.length;
    this.#known = { version: await this.#file.version(), history: known.history };
    return at;
  }

  /** Only under the lease of the source. Makes the file smaller when it is worthwhile. */
  async tidy(): Promise<void> {
    const history = await this.read();
    if (history.lines - neededLines(history) < superfluousLines) return;
    const lines = (await this.#file.read()).split('\n').filter((line) => line !== '');
    await this.#file.replace(compact(lines, this.#now()));
    this.#known = null;
  }
}
