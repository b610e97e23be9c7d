import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import { deviceNumber } from '../../system/mounts.ts';
import type { OpenWriters } from '../../system/open-writers.ts';
import type { AheadStore, QuiesceContext } from '../contract.ts';
import { doubtNs } from '../ctime/granularity.ts';
import { probeSeesEveryWriter } from '../ctime/mapped-writes.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import type { FrozenMoment } from '../guard/index.ts';
import { flushUntilQuick } from '../holding/flush-until-quick.ts';
import { usableMs } from '../holding/hold-still.ts';
import { spareMemoryBytes } from '../holding/spare-memory.ts';
import { TimeBudget } from '../holding/time-budget.ts';
import type { JournalLoan } from '../journal/contract.ts';
import type { Picture, PictureVersion } from '../picture/contract.ts';
import { type AfterThaw, lookAfterThaw } from './after-thaw.ts';
import { ClockWatch } from './clock-watch.ts';
import { FlushAge } from './flush-age.ts';
import { Forecast } from './forecast.ts';
import { FrozenDelta, type TakenDelta } from './frozen-delta.ts';
import { HotSet } from './hot-set.ts';
import { notesOf } from './kept-notes.ts';
import { LastPass } from './last-pass.ts';
import { LateChanges } from './late-changes.ts';
import { LiveContents } from './live-contents.ts';
import { LivePasses } from './live-passes.ts';
import { Looker } from './looker.ts';
import { MemoryPass } from './memory-pass.ts';
import { requireNothingOpened } from './nothing-opened.ts';
import { othersAtDisk } from './others-at-disk.ts';
import { type DeltaLimits, deltaLimits, fits, littleEnoughToRead, tooSlow } from './prediction.ts';
import { runsFrom } from './preflight.ts';
import { ReadPace } from './read-pace.ts';
import { readyInPieces } from './ready-in-pieces.ts';
import { hotFrom, RestlessFiles } from './restless-files.ts';
import { filesToSettle, isLittle, lookAtOpenFiles, type SettlingParts, unsettledFiles } from './settle-writers.ts';
import { longestFaultNs } from './settled.ts';
import { idleFreezeMs } from './stall-model.ts';
import type { PrecopySteps } from './steps.ts';
import { lookForSwap } from './swap-files.ts';
import { KnownWriters } from './writers.ts';
import { WritersAround } from './writers-around.ts';

export interface SourceHoldParts {
  readonly facts: FilesystemFacts;
  readonly tree: OpenTree;
  readonly loan: JournalLoan;
  readonly ahead: AheadStore;
  readonly context: QuiesceContext;
  readonly environment: QuiesceEnvironment;
  readonly steps: PrecopySteps;
  /** How long writers may be held, ms. */
  readonly longestStallMs: number;
}

/**
 * One source on its way through a hold: everything is brought close to the still point while writers go on (`prepare`,
 * `flush`), brought up to it while they wait (`takeDelta`), and looked at once more when they run again (`lookAfter`). Who
 * freezes is somebody else's business, so that several sources can be held at one barrier.
 */
export class SourceHold implements AsyncDisposable {
  readonly #parts: SourceHoldParts;
  readonly #picture: Picture;
  readonly #around: WritersAround;
  readonly #doubtNs = doubtNs();
  readonly #looker: Looker;
  readonly #contents: LiveContents;
  readonly #passes: LivePasses;
  readonly #late: LateChanges;
  readonly #memory: MemoryPass;
  readonly #last: LastPass;
  readonly #base: PictureVersion | null;
  readonly #clock: ClockWatch;
  /** Asked once: what is taken of it makes it less. */
  readonly #spareBytes = spareMemoryBytes();
  readonly #restless: RestlessFiles;
  #swap: ReadonlySet<bigint> = new Set();
  #writers: KnownWriters;
  /** The last look at all programs: whom it names may come into the source later. */
  #scan: Pick<OpenWriters, 'writers' | 'isAnswered'> = { writers: [] };
  #hot: HotSet | undefined;
  readonly #flushed = new FlushAge();
  #delta: FrozenDelta | undefined;
  #taken: TakenDelta | undefined;
  /** Who can write was looked for in this try. */
  #isSettled = false;

  constructor(parts: SourceHoldParts) {
    const { facts, tree, loan, ahead, context } = parts;
    this.#parts = parts;
    this.#picture = loan.picture;
    const device = deviceNumber(facts.mount);
    this.#around = new WritersAround(device, tree.rootFd, parts.steps, context.signal);
    this.#looker = new Looker(tree, loan.tracker, loan.picture, ({ stat, path }, directory) => {
      if (!this.#swap.has(stat.inode)) return false;
      notesOf(loan.picture).leaveOutSwap(tree.describe(path), directory);
      return true;
    });
    const watch = parts.environment.hotFiles?.(facts) ?? null;
    this.#restless = new RestlessFiles({ tree, tracker: loan.tracker, watch });
    this.#contents = new LiveContents({
      restless: this.#restless,
      root: facts.root,
      fsType: facts.filesystem,
      tree,
      tracker: loan.tracker,
      picture: loan.picture,
      ahead,
      pace: new ReadPace(context.signal, {
        bytesPerSecond: context.liveBytesPerSecond,
        areOthersBusy: othersAtDisk(device),
      }),
      signal: context.signal,
    });
    this.#passes = new LivePasses({
      restless: this.#restless,
      picture: loan.picture,
      tracker: loan.tracker,
      looker: this.#looker,
      contents: this.#contents,
      report: context.report,
      signal: context.signal,
      onWalked: () => notesOf(loan.picture).walked(tree),
    });
    this.#late = new LateChanges(loan.tracker);
    this.#memory = new MemoryPass(tree, loan.tracker, loan.picture);
    this.#last = new LastPass({
      passes: this.#passes,
      contents: this.#contents,
      memory: this.#memory,
      picture: loan.picture,
      openedMeanwhile: () => this.#around.openedMeanwhile(),
      openFiles: () => this.#writers.files,
      probeSees: probeSeesEveryWriter(facts.mount),
      probe: parts.steps.probe,
    });
    this.#base = loan.picture.countFrom(context.parentBase ?? null);
    this.#clock = new ClockWatch(loan.picture, this.#base, this.#doubtNs);
    this.#writers = new KnownWriters(loan.picture, tree, { writers: [] });
  }

  get passes(): LivePasses {
    return this.#passes;
  }

  get contents(): LiveContents {
    return this.#contents;
  }

  get picture(): Picture {
    return this.#picture;
  }

  /** What this run counts from; null when everything is looked at anew. */
  get base(): PictureVersion | null {
    return this.#base;
  }

  get writers(): KnownWriters {
    return this.#writers;
  }

  get taken(): TakenDelta {
    if (this.#taken === undefined) throw new Error('nothing has been taken yet');
    return this.#taken;
  }

  /** Programs that could not be looked at and are trusted all the same, for people. */
  get trusted(): readonly string[] {
    return this.#around.trusted;
  }

  get hotFiles(): number {
    return this.#hot?.size ?? 0;
  }

  /** Everything that can be read before anybody waits. Also for another try: only what changed since is read then. */
  async prepare(): Promise<void> {
    const { loan } = this.#parts;
    this.#isSettled = false;
    this.#swap = lookForSwap(this.#picture, this.#looker, this.#parts.facts.deviceId);
    loan.tracker.drain();
    const isUpToDate = this.#picture.isComplete && this.#picture.isClean && !loan.isVerificationDue;
    if (!isUpToDate) await this.#flushOnce();
    // Given back before anybody is held: who waits then must not wait for us.
    using _others = this.#parts.steps.yieldToOthers();
    await this.#passes.refresh();
    const isVerificationDue = loan.isVerificationDue && this.#passes.walks === 0;
    if (isVerificationDue && !(await loan.verifyByGenerations())) loan.verified(await this.#passes.verify());
    await this.#passes.converge();
    // Where the run before found little open this is left to the look that has to be, while the guard starts.
    if (!notesOf(this.#picture).foundLittleOpen) await this.#settleWriters();
  }

  /**
   * Makes what was stored durable, finds out who can write, and flushes until a freeze will be short. Afterwards nothing
   * of the repository is written until the thaw.
   */
  async flush(): Promise<void> {
    const { ahead, context, longestStallMs, tree } = this.#parts;
    this.#last.begin();
    await ahead.settle();
    this.#scan = await this.#around.look();
    await flushUntilQuick(() => this.#flushOnce(), longestStallMs, context.signal);
    await this.#passes.refresh();
    this.#writers = new KnownWriters(this.#picture, tree, this.#scan);
    lookAtOpenFiles(this.#writers.files, this.#settling);
    const notes = notesOf(this.#picture);
    notes.foundLittleOpen = isLittle(unsettledFiles(this.#writers.files, this.#settling));
    if (!notes.foundLittleOpen && !this.#isSettled) {
      await this.#settleWriters();
      return this.flush();
    }
    await this.#prepareHotFiles();
    if (this.#hot === undefined) return;
    await flushUntilQuick(() => this.#flushOnce(), longestStallMs, context.signal);
    lookAtOpenFiles(this.#writers.files, this.#settling);
  }

  /** `ready`, with flushes in between where it takes long: see `readyInPieces`. */
  async getReady(): Promise<void> {
    const { context, longestStallMs } = this.#parts;
    this.#last.reserve(this.#forecast, this.#limits);
    await readyInPieces({
      longestStallMs,
      timeMs: () => this.#limits.timeMs,
      work: (timeMs) => this.#readyWithin(timeMs),
      flushed: this.#flushed,
      isWrittenTo: () => this.#writers.files.size > 0 || !this.#picture.isClean,
      flush: async () => {
        await flushUntilQuick(() => this.#flushOnce(), longestStallMs, context.signal);
        throwIfAborted(context.signal);
        lookAtOpenFiles(this.#writers.files, this.#settling);
      },
      isWorthFlushing: () => this.#last.isWorthFlushing(),
      flushOnce: async () => {
        await this.#flushOnce();
        throwIfAborted(context.signal);
      },
      tooSlow: () => tooSlow(this.#forecast.expected(), this.#limits, undefined),
    });
  }

  /** Right before the freeze: what changed last is read into memory, and what is left must fit. */
  ready(): void {
    if (!this.#readyWithin(this.#limits.timeMs)) throw tooSlow(this.#forecast.expected(), this.#limits, undefined);
  }

  /** False when the time was over first: what was read until then stays read. */
  #readyWithin(timeMs: number): boolean {
    this.#clock.require(this.#contents);
    const left = this.#last.run(timeMs, this.#forecast, this.#limits);
    if (left === undefined) return false;
    const { facts, environment } = this.#parts;
    if (this.#scan.isAnswered === true) requireNothingOpened(left, runsFrom(facts, environment));
    // What was moved into the source since, already open, was read into memory at most.
    this.#writers = new KnownWriters(this.#picture, this.#parts.tree, this.#scan);
    return true;
  }

  /** While frozen, by whomever: see `withFrozen`. */
  takeDelta(frozen: FrozenMoment): TakenDelta {
    const { facts, tree, loan, steps, longestStallMs } = this.#parts;
    const freezeMs = Number(frozen.after.monotonicNs - frozen.before.monotonicNs) / 1e6;
    const budget = new TimeBudget(Math.max(0, usableMs(longestStallMs) - freezeMs), { entries: 0, bytes: 0 });
    const { spool, openedBefore } = this.#last;
    if (spool === undefined) throw new Error('a delta is taken after `ready`');
    const delta = new FrozenDelta(
      {
        tree,
        tracker: loan.tracker,
        picture: this.#picture,
        looker: this.#looker,
        spool,
        steps,
        openFiles: this.#writers.files,
        openedBefore,
        openedMeanwhile: () => this.#around.openedMeanwhile(),
        readBefore: this.#memory.read,
        base: this.#clock.base,
        probeSees: probeSeesEveryWriter(facts.mount),
        isAnswered: this.#scan.isAnswered === true,
        holdHotFiles: () => this.#hot?.hold() ?? new Map(),
        opened: this.#memory,
      },
      budget,
    );
    this.#delta = delta;
    const taken = delta.take(frozen.before.wallNs - this.#doubtNs);
    this.#clock.require(this.#contents);
    this.#clock.marked();
    this.#late.forget();
    this.#taken = taken;
    return taken;
  }

  /** Right after the thaw: whether somebody could have written unseen who was not looked at. */
  async lookAfter(): Promise<AfterThaw> {
    const { loan, tree } = this.#parts;
    this.#memory.closeFiles();
    const scan = await this.#around.lookAfter();
    loan.tracker.drain();
    const openedAfter = this.#around.openedMeanwhile().byOthers;
    return lookAfterThaw({
      ...this.#settling,
      tree,
      scan,
      looked: this.taken.looked,
      readInside: this.taken.readInside,
      sights: this.#writers.files,
      readBefore: this.#memory.read,
      late: this.#late,
      openedAfter,
      openedProblem: this.#around.openedProblem,
    });
  }

  /** The hold did not stand, or is not used: everything read in it is read again. */
  async forget(): Promise<void> {
    this.#delta?.forget();
    this.#last.forget();
    this.#delta = undefined;
    this.#taken = undefined;
    this.#around.forget();
    notesOf(this.#picture).foundLittleOpen = false;
    const hot = this.#hot;
    this.#hot = undefined;
    await hot?.[Symbol.asyncDispose]();
  }

  /** Ends what was only needed around the hold; content that was taken in it stays. */
  endWatching(): void {
    this.#around.forget();
    this.#late[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.endWatching();
    this.#last[Symbol.dispose]();
    await Promise.all([this.#hot?.[Symbol.asyncDispose](), this.#around[Symbol.asyncDispose]()]);
  }

  get #forecast(): Forecast {
    const { tree } = this.#parts;
    return new Forecast(tree, this.#writers.files, this.#settling, (key) => this.#hot?.has(key) === true);
  }

  get #limits(): DeltaLimits {
    const { environment, longestStallMs } = this.#parts;
    const timeMs = usableMs(longestStallMs) - Math.max(idleFreezeMs(), this.#flushed.lastMs);
    return deltaLimits(environment.deltaMemoryBytes ?? this.#spareBytes, timeMs);
  }

  get #settling(): SettlingParts {
    return { picture: this.#picture, looker: this.#looker, base: this.#clock.base };
  }

  /** So that from here on every first store into a mapped page moves a ctime. */
  async #flushOnce(): Promise<void> {
    const startedNs = this.#parts.steps.flushClock();
    await this.#flushed.during(this.#parts.steps.flush(this.#parts.tree.rootFd));
    this.#contents.flushedNs = startedNs;
  }

  /** Reads again what somebody has open for writing, after a flush, where that spares reading it while writers wait. */
  async #settleWriters(): Promise<void> {
    const { steps, context, tree } = this.#parts;
    this.#isSettled = true;
    const { files } = new KnownWriters(this.#picture, tree, await this.#around.glance());
    const worth = await filesToSettle(files, () => this.#settling, {
      refresh: () => this.#passes.refresh(),
      flushAnew: async () => {
        this.#around.forget();
        // What was stored a moment ago must be older than the flush.
        await steps.pause(Number((this.#doubtNs + longestFaultNs) / 1_000_000n) + 10, context.signal);
        await this.#flushOnce();
        return this.#contents.flushedNs;
      },
    });
    if (worth.length > 0) await this.#passes.read(worth);
  }

  /** Files that are too much to be read inside, where copy-before-write can take them. */
  async #prepareHotFiles(): Promise<void> {
    const { environment, facts, tree, loan, context } = this.#parts;
    const watch = environment.hotFiles?.(facts) ?? null;
    const old = this.#hot;
    this.#hot = undefined;
    await old?.[Symbol.asyncDispose]();
    if (watch === null || fits(this.#forecast.expected(), littleEnoughToRead(this.#limits))) return;
    const large = this.#forecast.files().filter(({ meta }) => Number(meta.size) >= hotFrom);
    if (large.length === 0) return;
    this.#hot = await HotSet.prepare(watch, large, facts, tree, loan.tracker, context.signal, (key, where, reason) => {
      if (this.#restless.cannotBeHeld(key, reason)) context.report.note('info', `${where} keeps changing. ${reason}`);
    });
  }
}
