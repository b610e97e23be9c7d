import type { Tracking } from '../../../../shared/domain/evidence.ts';
import { StillpointError, throwIfAborted } from '../../../../shared/errors/index.ts';
import { Turns } from '../../sources/filesystem/turns.ts';
import type { PhaseReporter } from '../contract.ts';
import { pause } from '../pause.ts';
import type { Picture, PictureFile } from '../picture/contract.ts';
import type { ChangeTracker } from '../tracking/contract.ts';
import type { LiveContents } from './live-contents.ts';
import type { Looker } from './looker.ts';
import { calmMs, type RestlessFiles } from './restless-files.ts';

export interface LivePassesParts {
  readonly picture: Picture;
  readonly tracker: ChangeTracker;
  readonly looker: Looker;
  readonly contents: LiveContents;
  readonly restless: RestlessFiles;
  readonly report: PhaseReporter;
  readonly signal: AbortSignal;
  /** A whole walk has ended. */
  readonly onWalked: () => void;
}

/** Small enough to be taken while writers wait. */
const small = { bytes: 2 * 1024 * 1024, files: 64 } as const;
const mostPasses = 8;
const filesAtOnce = 8;
/** A folder that changes all the time is listed again so often; what is left then is listed inside. */
const mostRounds = 50;
const mostWalks = 4;

interface Dirty {
  readonly files: number;
  readonly bytes: number;
}

/** Brings a picture and the contents stored ahead close to what is there, while everybody goes on writing. */
export class LivePasses {
  readonly #parts: LivePassesParts;
  readonly #passes: Tracking['passes'] = [];
  #walks = 0;
  #gaps = 0;
  #doubtsSeen = 0;
  #differences = 0;
  #totalFiles = 0;
  #totalBytes = 0;

  constructor(parts: LivePassesParts) {
    this.#parts = parts;
  }

  get passes(): Tracking['passes'] {
    return this.#passes;
  }

  /** Whole walks made so far. */
  get walks(): number {
    return this.#walks;
  }

  /** Times at which changes may have been missed, up to the last look. */
  get gaps(): number {
    return this.#gaps;
  }

  /** Entries that whole walks found different, and that nobody had told of. */
  get differences(): number {
    return this.#differences;
  }

  /** Reads until what is dirty is small, or no longer shrinks; large files that keep changing are left as they are. */
  async converge(): Promise<void> {
    await this.#readWhatShrinks();
    const { picture, restless, signal } = this.#parts;
    const left = picture.filesToRead().filter((file) => !restless.isWorthReading(file) && restless.mayGetCalm(file));
    if (isSmall(dirtOf(left))) return;
    // Most have been written to once.
    await pause(calmMs, signal);
    await this.#readWhatShrinks();
  }

  async #readWhatShrinks(): Promise<void> {
    const { picture, restless } = this.#parts;
    let before: Dirty | undefined;
    for (let pass = 0; pass < mostPasses; pass += 1) {
      await this.refresh();
      const files = picture.filesToRead().filter((file) => restless.isWorthReading(file));
      const dirty = dirtOf(files);
      if (before !== undefined && (isSmall(dirty) || !hasShrunk(dirty, before))) return;
      if (files.length === 0) return;
      await this.read(files);
      before = dirty;
    }
    await this.refresh();
  }

  /** One pass over these files, but for those that were read too often. */
  async read(wanted: readonly PictureFile[]): Promise<void> {
    const { contents, report, restless } = this.#parts;
    const files = wanted.filter((file) => restless.mayBeReadAgain(file));
    if (files.length === 0) return;
    const { files: count, bytes } = dirtOf(files);
    this.#totalFiles += count;
    this.#totalBytes += bytes;
    report.totals(this.#totalFiles, this.#totalBytes);
    const startedAt = performance.now();
    const [filesBefore, bytesBefore] = [contents.filesRead, contents.bytesRead];
    await contents.takeAll(files, filesAtOnce);
    if (this.#passes.length < 50)
      this.#passes.push({
        files: contents.filesRead - filesBefore,
        bytes: contents.bytesRead - bytesBefore,
        durationMs: performance.now() - startedAt,
      });
  }

  /** Takes in what was told and looks at all of it; walks the whole tree where changes may have been missed. */
  async refresh(): Promise<void> {
    const { picture, tracker, signal } = this.#parts;
    const turns = new Turns(signal);
    for (let walk = 0; ; walk += 1) {
      tracker.lookAround();
      tracker.drain();
      this.#gaps += Math.max(0, picture.doubts.length - this.#doubtsSeen);
      this.#doubtsSeen = picture.doubts.length;
      if (picture.isComplete) break;
      if (walk === mostWalks) throw neverComplete(picture.doubts.at(-1) ?? '');
      await this.walk(turns);
    }
    await this.#lookAtMarked(turns);
  }

  /** Looks at everything there is, whatever was told. */
  async walk(turns = new Turns(this.#parts.signal)): Promise<void> {
    const { picture } = this.#parts;
    this.#walks += 1;
    picture.beginWalk();
    await this.#lookAtMarked(turns);
    this.#differences += picture.endWalk();
    this.#parts.onWalked();
  }

  /** Walks everything although nothing seems to be missing. Returns how much that found different: something was. */
  async verify(): Promise<number> {
    await this.walk();
    if (this.#differences > 0)
      this.#parts.report.note(
        'warning',
        `${this.#differences} entries were found different without anybody having told of a change; everything was looked at again.`,
      );
    return this.#differences;
  }

  async #lookAtMarked(turns: Turns): Promise<void> {
    const { picture, tracker, looker, signal } = this.#parts;
    for (let round = 0; round < mostRounds; round += 1) {
      const folders = picture.directoriesToList();
      for (const folder of folders) {
        looker.list(folder);
        await turns.pause();
      }
      const entries = picture.entriesToLookAt();
      for (const entry of entries) {
        looker.look(entry);
        await turns.pause();
      }
      throwIfAborted(signal);
      if (folders.length === 0 && entries.length === 0) return;
      tracker.drain();
    }
  }

  /** The same at once, right before a freeze: what was told in the last milliseconds. */
  lookNow(): void {
    const { picture, tracker, looker } = this.#parts;
    tracker.drain();
    for (const folder of picture.directoriesToList()) looker.list(folder);
    for (const entry of picture.entriesToLookAt()) looker.look(entry);
  }
}

function dirtOf(files: readonly PictureFile[]): Dirty {
  return { files: files.length, bytes: files.reduce((sum, { meta }) => sum + Number(meta.size), 0) };
}

function isSmall({ files, bytes }: Dirty): boolean {
  return files <= small.files && bytes <= small.bytes;
}

/** By one measure at least, and grown by none: many small files may stay while the large ones are done. */
function hasShrunk(now: Dirty, before: Dirty): boolean {
  const isHalf = now.bytes * 2 <= before.bytes || now.files * 2 <= before.files;
  return isHalf && now.bytes <= before.bytes && now.files <= before.files;
}

function neverComplete(reason: string): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message: `Changes were missed again and again, so nothing read before a pause could be relied upon: ${reason}`,
    guidance: 'It is tried again at the next run, at a quieter time.',
    retryable: true,
  });
}
