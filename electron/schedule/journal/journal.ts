import { compact } from './compact.ts';
import { type Entry, type NewEntry, parseLine } from './entries.ts';
import { History } from './fold.ts';
import type { LineFile } from './line-file.ts';

/** Above this, and twice what was left the last time, a journal is made smaller. In characters. */
const compactAbove = 128 * 1024;

/**
 * What happened to the schedule of one source, whoever ran it: `${folder}/<sourceId>.jsonl`. It is only added to, by whoever
 * has the lease of the source; anybody may read. What `append` was resolved for is not lost.
 */
export class Journal {
  readonly #file: LineFile;
  readonly #now: () => number;
  #known: { version: string; history: History; size: number } | null = null;
  #compactedSize = 0;
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
      if (entry === undefined) history.damaged++;
      else if (entry === 'unknown') history.unknown++;
      else history.add(entry);
    }
    this.#last = history;
    this.#known = { version, history, size: text.length };
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
    const size = known.size + lines.reduce((sum, line) => sum + line.length + 1, 0);
    this.#known = { version: await this.#file.version(), history: known.history, size };
    return at;
  }

  /** Only under the lease of the source. Makes the file smaller when it is worthwhile. */
  async tidy(): Promise<void> {
    await this.read();
    const size = this.#known?.size ?? 0;
    if (size <= Math.max(compactAbove, 2 * this.#compactedSize)) return;
    const lines = (await this.#file.read()).split('\n').filter((line) => line !== '');
    const fewer = compact(lines, this.#now());
    await this.#file.replace(fewer);
    this.#known = null;
    this.#compactedSize = fewer.reduce((sum, line) => sum + line.length + 1, 0);
  }
}
