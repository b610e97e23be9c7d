import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type SourceId, sourceIdSchema } from '../../../../shared/domain/ids.ts';
import {
  endWatch,
  mergeStretches,
  noQuietWatch,
  type QuietLook,
  type QuietWatch,
  quietForMs,
  type Stretch,
  takeLook,
} from '../../../../shared/domain/static-windows.ts';
import { WindowFile } from './window-file.ts';
import type { RecordKind, WindowRecords } from './window-lines.ts';

export interface StaticWindowsOptions {
  /** One of our own places. Made when it is first needed. */
  readonly directory: string;
  /** Wall clock, ms since the epoch. */
  readonly nowMs?: () => number;
}

/** Kept while nothing can be written. */
const mostPending = 10_000;

interface Watched {
  watch: QuietWatch;
  readonly file: WindowFile;
  readonly pending: { readonly kind: RecordKind; readonly stretch: Stretch }[];
}

/**
 * Quiet times of sources as they were seen: told by whoever drains a tracker, kept in a file for each source. Nothing is
 * claimed for a time before the first look of this process.
 */
export class StaticWindows {
  readonly #directory: string;
  readonly #nowMs: () => number;
  readonly #sources = new Map<SourceId, Watched>();
  #writing: Promise<void> = Promise.resolve();

  constructor({ directory, nowMs = Date.now }: StaticWindowsOptions) {
    this.#directory = directory;
    this.#nowMs = nowMs;
  }

  /** In memory only: microseconds, also while something is frozen. */
  look(source: SourceId, look: QuietLook): void {
    const watched = this.#of(source);
    const step = takeLook(watched.watch, look);
    watched.watch = step.watch;
    this.#remember(watched, step);
  }

  /** The source is not watched any more: its tracker has gone, or it is no source. */
  forget(source: SourceId): void {
    const watched = this.#sources.get(source);
    if (watched === undefined) return;
    this.#remember(watched, endWatch(watched.watch));
    watched.watch = noQuietWatch;
  }

  /** Forgets all that was ever seen of it: it is no source any more. Rejects with the system's own error. */
  async remove(source: SourceId): Promise<void> {
    const { file } = this.#of(source);
    this.#sources.delete(source);
    await this.#writing.catch(() => undefined);
    await file.remove();
  }

  quietForMs(source: SourceId, nowMs: number = this.#nowMs()): number {
    return quietForMs(this.#sources.get(source)?.watch ?? noQuietWatch, nowMs);
  }

  /** Windows of the last 60 days, the one that goes on included, in order. Rejects with the system's own error. */
  async windowsOf(source: SourceId): Promise<readonly Stretch[]> {
    return (await this.#records(source)).quiet;
  }

  /** When the source was watched at all, of the last 60 days, up to the last look. Rejects with the system's own error. */
  async watchedOf(source: SourceId): Promise<readonly Stretch[]> {
    return (await this.#records(source)).watched;
  }

  /**
   * Writes what was seen up to now, what goes on included, so that little is lost with this process. Every few minutes is
   * enough; never while anything is frozen. Rejects with the system's own error; what was not written is tried again.
   */
  flush(): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    if (this.#sources.size > 0) await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    for (const { watch, file, pending } of this.#sources.values()) {
      const ended = new Set(pending);
      await file.append([...ended, ...linesOf(endWatch(watch))]);
      pending.splice(0, pending.length, ...pending.filter((line) => !ended.has(line)));
    }
  }

  async #records(source: SourceId): Promise<WindowRecords> {
    const { watch, file, pending } = this.#of(source);
    const { quiet, watched } = await file.read();
    const unwritten = [...pending, ...linesOf(endWatch(watch))];
    const of = (kind: RecordKind): Stretch[] =>
      unwritten.filter((each) => each.kind === kind).map(({ stretch }) => stretch);
    return {
      quiet: mergeStretches([...quiet, ...of('quiet')]),
      watched: mergeStretches([...watched, ...of('watched')]),
    };
  }

  #remember(watched: Watched, ended: Parameters<typeof linesOf>[0]): void {
    watched.pending.push(...linesOf(ended));
    // They can be lost without harm; memory cannot.
    if (watched.pending.length > mostPending) watched.pending.splice(0, watched.pending.length - mostPending);
  }

  #of(source: SourceId): Watched {
    const known = this.#sources.get(source);
    if (known !== undefined) return known;
    // A source's id becomes a file's name.
    const path = join(this.#directory, `${sourceIdSchema.parse(source)}.jsonl`);
    const fresh: Watched = { watch: noQuietWatch, file: new WindowFile(path, this.#nowMs), pending: [] };
    this.#sources.set(source, fresh);
    return fresh;
  }
}

function linesOf(ended: { readonly quiet: Stretch | null; readonly watched: Stretch | null }): Watched['pending'] {
  const lines: Watched['pending'] = [];
  if (ended.quiet !== null) lines.push({ kind: 'quiet', stretch: ended.quiet });
  if (ended.watched !== null) lines.push({ kind: 'watched', stretch: ended.watched });
  return lines;
}
