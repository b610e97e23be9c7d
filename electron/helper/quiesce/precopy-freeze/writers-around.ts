import type { OpenWriters } from '../../system/open-writers.ts';
import type { OpenedFiles, OpenedSince } from './opened-since.ts';
import type { PrecopySteps } from './steps.ts';
import { WriterScans } from './writer-scans.ts';

/** A look as young as this is as good as another, since openings were told meanwhile. Milliseconds. */
const youngMs = 250;
const none: OpenedFiles = { all: new Set(), byOthers: new Set() };

/**
 * Everybody who can write to one filesystem around a hold: found by looks at all programs, and by what is opened from before
 * the last look on. Whoever can write later is in one of the two.
 */
export class WritersAround implements AsyncDisposable {
  readonly #scans: WriterScans;
  readonly #rootFd: number;
  readonly #steps: PrecopySteps;
  readonly #closing: Promise<void>[] = [];
  #opened: OpenedSince | undefined;
  #young: { readonly scan: OpenWriters; readonly beganMs: number; readonly expiry: NodeJS.Timeout } | undefined;

  /** `device` as mountinfo has it, `rootFd` open on it. */
  constructor(device: string, rootFd: number, steps: PrecopySteps, signal: AbortSignal) {
    this.#scans = new WriterScans(device, steps, signal);
    this.#rootFd = rootFd;
    this.#steps = steps;
  }

  /** Programs that could not be looked at and are trusted all the same, for people. */
  get trusted(): readonly string[] {
    return this.#scans.trusted;
  }

  /** Looks at all programs, as well as that goes. Where everybody was seen, `look` takes this for its own for a moment. */
  async glance(): Promise<OpenWriters> {
    this.#beginWatching();
    const beganMs = performance.now();
    const scan = await this.#scans.look(this.#steps.scanBefore);
    // Nothing is told of openings for longer than that is of use.
    if (scan.gaps.length > 0) this.forget();
    else this.#young = { scan, beganMs, expiry: setTimeout(() => this.forget(), youngMs).unref() };
    return scan;
  }

  /** The look that counts for what follows. Rejects as `WriterScans.require`. */
  async look(): Promise<OpenWriters> {
    const young = this.#young;
    if (young !== undefined && performance.now() - young.beganMs < youngMs) {
      clearTimeout(young.expiry);
      this.#young = undefined;
      return young.scan;
    }
    this.#beginWatching();
    return this.#scans.require();
  }

  #beginWatching(): void {
    this.forget();
    this.#opened = this.#steps.watchOpened(this.#rootFd);
  }

  /** Files opened since the last look began, or since this was asked before. Waits for nobody: also for use while frozen. */
  openedMeanwhile(): OpenedFiles {
    return this.#opened?.drain() ?? none;
  }

  /** Why an opening may not have been told, for people; null when all were. */
  get openedProblem(): string | null {
    return this.#opened?.problem ?? null;
  }

  /** Looks at all programs once more, right after the thaw. */
  lookAfter(): Promise<OpenWriters> {
    return this.#scans.look(this.#steps.scanAfter);
  }

  /** The last look counts for nothing any more, and nothing is told of openings. */
  forget(): void {
    clearTimeout(this.#young?.expiry);
    this.#young = undefined;
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened !== undefined) this.#closing.push(opened[Symbol.asyncDispose]());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.forget();
    await Promise.all(this.#closing);
  }
}
