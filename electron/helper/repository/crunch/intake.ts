import type { BlobId } from '../../../../shared/domain/ids.ts';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import { Claims, newClaimTable } from './claims.ts';
import {
  type Crunched,
  type CrunchedPack,
  type CrunchJob,
  type CrunchLine,
  type CrunchSettings,
  longestJob,
  type NamedJob,
  type StartCrunching,
} from './contract.ts';

/** What was taken of an open file. */
export interface TakenFile {
  readonly blobs: readonly BlobId[];
  /** Bytes that were there. */
  readonly length: number;
  /** Bytes this added to the repository. */
  readonly storedLength: number;
}

/** The same of a named file: where it is not as named, what was stored of it is nothing to refer to. */
export interface TakenNamedFile extends TakenFile {
  readonly isAsNamed: boolean;
}

/** Asked before so many bytes are read; undefined where they may be read at once. */
export type BeforeRead = (bytes: number) => Promise<void> | undefined;

export interface TakeOptions {
  readonly beforeRead?: BeforeRead | undefined;
  /** Asked before each job of a large one: where it says no, it ends there, as if it were cut off. */
  readonly isStill?: (() => boolean) | undefined;
  /** Told of bytes that were read and stored, in any order. */
  readonly onRead?: ((bytes: number) => void) | undefined;
}

export interface IntakeParts {
  readonly start: StartCrunching;
  readonly settings: Omit<CrunchSettings, 'claims'>;
  readonly savePack: (pack: CrunchedPack) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
  /** Ends what is being taken. */
  readonly signal: AbortSignal;
  /** Of each job that is done. */
  readonly onCrunched: (crunched: Crunched) => void;
}

/** So many claims the first table is made for; each further one holds twice as many as the one before. */
const firstSlots = 64 * 1024;
/** Jobs of one file under way at once: enough for every thread. */
const jobsAhead = 6;
/** Cuts of so many bytes are looked for at a time. */
const cutAtATime = 4 * longestJob;
/** Where there are large files enough for every thread, each takes so many bytes of one at a time. */
const runBytes = 2 * longestJob;
/** With somebody who is asked before: what is read at once. */
const politeBytes = 1024 * 1024;

/** Takes open files in, on threads: started with the first file, ended with the run. */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #claims = new Claims();
  #table = newClaimTable(firstSlots);
  #line: CrunchLine | null = null;
  /** Large files that are being taken. */
  #large = 0;
  /** Why a pack could not be saved: the threads ended over it. */
  #failure: { readonly error: unknown } | null = null;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  get isStarted(): boolean {
    return this.#line !== null;
  }

  /** True: the caller stores the blob itself, nobody else will. `id` as bytes. */
  claim(id: Uint8Array): boolean {
    return this.#claims.claim(id);
  }

  /** `stored`: ids of this run's blobs that no index lists yet. */
  start(stored: Iterable<string>): void {
    if (this.#line !== null) return;
    this.#claims.add(this.#table);
    for (const id of stored) this.#claims.claim(Buffer.from(id, 'hex'));
    const { start, settings, savePack, onFailure, signal } = this.#parts;
    const onPack = (pack: CrunchedPack): void => {
      // What was given up may still be written by the place: its memory is never filled anew, so the threads end.
      savePack(pack).then(pack.release, (error: unknown) => {
        this.#failure ??= { error };
        onFailure(error);
        void this.#line?.close();
      });
    };
    this.#line = start({ ...settings, claims: this.#table }, onPack, onFailure);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  /**
   * The bytes from `start` to `end`, cut as one stream. What many threads take of one large file is cut at the same places
   * as if one had: one looks for the cuts, all take what lies between. As long as there is a large file for each thread
   * nobody looks for cuts first, which would read half of the file twice.
   */
  async take(fd: number, start: number, end: number, { beforeRead, isStill, onRead }: TakeOptions): Promise<TakenFile> {
    const most = beforeRead === undefined ? longestJob : politeBytes;
    if (end - start <= most) {
      // Nearly every file comes this way: nothing is awaited that need not be.
      const mayRead = beforeRead?.(end - start);
      if (mayRead !== undefined) await mayRead;
      const { ids, length, bytesStored } = await this.#put({ kind: 'stream', fd, start, end }, onRead);
      return { blobs: ids as BlobId[], length, storedLength: bytesStored };
    }
    const done: Promise<Crunched>[] = [];
    this.#large += 1;
    try {
      let at = start;
      while (at < end) {
        throwIfAborted(this.#parts.signal);
        if (beforeRead === undefined && this.#large >= (this.#line?.atOnce ?? 0)) {
          if (isStill?.() === false) return asTaken(await Promise.all(done));
          const run = await this.#put({ kind: 'run', fd, start: at, end, enough: runBytes }, onRead);
          if (run.length === 0) break;
          done.push(Promise.resolve(run));
          at += run.length;
          continue;
        }
        const enough = beforeRead === undefined ? cutAtATime : politeBytes;
        await beforeRead?.(Math.min(enough, end - at));
        const { cuts, length } = await this.#put({ kind: 'cuts', fd, start: at, end, enough });
        for (const group of inJobs(at, cuts)) {
          if (done.length >= jobsAhead) await done[done.length - jobsAhead];
          if (isStill?.() === false) return asTaken(await Promise.all(done));
          const job = this.#put({ kind: 'pieces', fd, ...group }, onRead);
          // Looked at in order below; until then nobody waits for it.
          job.catch(() => {});
          done.push(job);
        }
        const reached = cuts.at(-1) ?? at;
        if (length < end - at && reached < at + length) {
          // It ends before its size says: what is left of it is a chunk as it is.
          if (at + length > reached)
            done.push(this.#put({ kind: 'pieces', fd, start: reached, cuts: [at + length] }, onRead));
          break;
        }
        if (cuts.length === 0) break;
        at = reached;
      }
      return asTaken(await Promise.all(done));
    } finally {
      this.#large -= 1;
      // The descriptor is the caller's again: nobody may still be reading it.
      await Promise.allSettled(done);
    }
  }

  /** One of both is called, later. Nothing is promised and nothing awaited: most files of most sources come this way. */
  takeNamed(
    file: Omit<NamedJob, 'kind'>,
    done: (taken: TakenNamedFile) => void,
    failed: (error: unknown) => void,
  ): void {
    const line = this.#line;
    if (line === null) throw new Error('an intake is started before it is used');
    const { directory, name, size, inode, mtimeNs, ctimeNs } = file;
    line.putNamed(
      { kind: 'named', directory, name, size, inode, mtimeNs, ctimeNs },
      (crunched) => {
        this.#parts.onCrunched(crunched);
        this.#makeRoom(line);
        const { ids, length, bytesStored, isAsNamed = false } = crunched;
        done({ blobs: ids as BlobId[], length, storedLength: bytesStored, isAsNamed });
      },
      (error) => failed(this.#failure === null ? error : this.#failure.error),
    );
  }

  /** Resolves when every blob taken so far was handed to `savePack`. */
  async flush(): Promise<void> {
    if (this.#line !== null) await this.#orFailure(this.#line.flush());
  }

  async close(): Promise<void> {
    this.#parts.signal.removeEventListener('abort', this.#onAbort);
    await this.#line?.close();
  }

  /** What waits in the line, hundreds of files of megabytes, is not worth waiting for: the run is over. */
  readonly #onAbort = (): void => {
    this.#failure ??= { error: whyAborted(this.#parts.signal) };
    void this.#line?.close();
  };

  async #put(job: CrunchJob, onRead?: TakeOptions['onRead']): Promise<Crunched> {
    if (this.#line === null) throw new Error('an intake is started before it is used');
    const crunched = await this.#orFailure(this.#line.put(job));
    this.#parts.onCrunched(crunched);
    this.#makeRoom(this.#line);
    onRead?.(crunched.length);
    return crunched;
  }

  /** What ended the threads, where they ended over something. */
  async #orFailure<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      throw this.#failure === null ? error : this.#failure.error;
    }
  }

  /** A table that is half full becomes slow to ask. */
  #makeRoom(line: CrunchLine): void {
    const { claims, slots } = this.#claims.fill;
    if (claims < slots / 2) return;
    this.#table = newClaimTable(slots * 2);
    this.#claims.add(this.#table);
    line.moreClaims(this.#table);
  }
}

function whyAborted(signal: AbortSignal): unknown {
  try {
    throwIfAborted(signal);
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Chunks one after the other, as many together as fit a job. */
function inJobs(start: number, cuts: readonly number[]): { start: number; cuts: number[] }[] {
  const jobs: { start: number; cuts: number[] }[] = [];
  let from = start;
  for (const cut of cuts) {
    const last = jobs.at(-1);
    if (last !== undefined && cut - last.start <= longestJob / 2) last.cuts.push(cut);
    else jobs.push({ start: from, cuts: [cut] });
    from = cut;
  }
  return jobs;
}

function asTaken(parts: readonly Crunched[]): TakenFile {
  return {
    blobs: parts.flatMap(({ ids }) => ids) as BlobId[],
    length: parts.reduce((sum, { length }) => sum + length, 0),
    storedLength: parts.reduce((sum, { bytesStored }) => sum + bytesStored, 0),
  };
}
