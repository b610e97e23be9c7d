import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { Spool } from '../holding/spool.ts';
import { TimeBudget } from '../holding/time-budget.ts';
import type { Picture, PictureFile } from '../picture/contract.ts';
import type { HandleKey } from '../tracking/contract.ts';
import type { Forecast } from './forecast.ts';
import type { InsideSteps } from './frozen-delta.ts';
import type { LiveContents } from './live-contents.ts';
import type { LivePasses } from './live-passes.ts';
import type { MemoryPass } from './memory-pass.ts';
import type { OpenedFiles } from './opened-since.ts';
import { type DeltaLimits, type ExpectedDelta, requireFits, tooSlow } from './prediction.ts';
import type { FilesBySight } from './writers.ts';
import { YoungFiles } from './young-files.ts';

/** Each finds less than the one before: it takes as long as the one before let others change something. */
const mostRounds = 3;
/** Reading so little in the pause costs less than another flush. */
const little = { files: 3, bytes: 256 * 1024 } as const;

export interface LastPassParts {
  readonly passes: Pick<LivePasses, 'lookNow'>;
  readonly contents: Pick<LiveContents, 'flushedNs'>;
  readonly memory: MemoryPass;
  readonly picture: Pick<Picture, 'file'>;
  /** Files opened since this was asked before, by whomever. */
  readonly openedMeanwhile: () => OpenedFiles;
  readonly openFiles: () => FilesBySight;
  /** See `FrozenDeltaParts`. */
  readonly probeSees: boolean;
  readonly probe: InsideSteps['probe'];
}

/** Right before a freeze, while everybody writes: what changed last is read into memory, in one or several pieces. */
export class LastPass implements Disposable {
  readonly #parts: LastPassParts;
  readonly #young: YoungFiles;
  #openedBefore: ReadonlySet<HandleKey> = new Set();
  #spool: Spool | undefined;

  constructor(parts: LastPassParts) {
    this.#parts = parts;
    const { memory, picture, probeSees, probe, openFiles } = parts;
    this.#young = new YoungFiles({
      memory,
      picture,
      probeSees,
      probe,
      sightOf: (key) => (this.#openedBefore.has(key) ? 'later' : (openFiles().get(key) ?? 'mapped')),
    });
  }

  /** Opened by others since the last look at all programs began, before anything was read or after it. */
  get openedBefore(): ReadonlySet<HandleKey> {
    return this.#openedBefore;
  }

  /** What was read, and room for what comes to be read in the pause. */
  get spool(): Spool | undefined {
    return this.#spool;
  }

  /** Who can write is looked for anew: whoever opens something from now on is told. */
  begin(): void {
    this.#openedBefore = new Set();
  }

  /** Takes the memory, which takes its time. Throws `freeze-refused` when what is expected does not fit. */
  reserve(forecast: Forecast, limits: DeltaLimits): Spool {
    const expected = forecast.expected();
    requireFits(expected, limits);
    const spool = this.#parts.memory.roomFor(forecast.roomFor(expected, limits.memoryBytes), this.#spool);
    this.#spool = spool;
    return spool;
  }

  /**
   * Gives what is left for the pause; undefined when the time was over first: what was read until then stays read. Throws
   * `freeze-refused` when it does not fit.
   */
  run(timeMs: number, forecast: Forecast, limits: DeltaLimits): ExpectedDelta | undefined {
    const { passes, contents, memory, openedMeanwhile } = this.#parts;
    const opened = [...openedMeanwhile().byOthers];
    // After it was read for an earlier piece: that counts only where it is read again.
    const openedSince = new Set(opened.filter((key) => memory.read.has(key)));
    const before = new Set([...this.#openedBefore, ...opened.filter((key) => !openedSince.has(key))]);
    this.#openedBefore = before;
    passes.lookNow();
    const spool = this.reserve(forecast, limits);
    const budget = new TimeBudget(Math.max(1, timeMs), { entries: 0, bytes: 0 });
    const take = (files: readonly PictureFile[]): void => {
      for (const { key } of files) if (openedSince.has(key)) before.add(key);
      memory.take(files, spool, budget, contents.flushedNs);
    };
    try {
      take(this.#young.settledBy(contents.flushedNs));
      for (let round = 0; round < mostRounds; round += 1) {
        const files = forecast.files();
        if (files.length === 0) break;
        take(files);
        passes.lookNow();
      }
    } catch (error) {
      if (isStillpointError(error, 'freeze-ended-early')) return undefined;
      if (!isStillpointError(error, 'scratch-full')) throw error;
      throw tooSlow(forecast.expected(), limits, error);
    }
    const left = forecast.expected(this.#young.now().map(({ key }) => key));
    requireFits(left, { ...limits, memoryBytes: spool.memoryBytes - spool.length });
    return left;
  }

  /** Whether more than a little would have to be read in the pause that another flush, and reading it again, may spare. */
  isWorthFlushing(): boolean {
    const young = this.#young.worthFlushing();
    const bytes = young.reduce((sum, { meta }) => sum + Number(meta.size), 0);
    const left = this.#spool === undefined ? 0 : this.#spool.memoryBytes - this.#spool.length;
    return (young.length > little.files || bytes > little.bytes) && bytes * 3 <= left;
  }

  /** The hold did not stand, or is not used: everything read for it is read again. */
  forget(): void {
    this.#parts.memory.forget();
    this.#spool?.reset();
  }

  [Symbol.dispose](): void {
    this.#parts.memory.closeFiles();
    this.#spool?.[Symbol.dispose]();
  }
}
