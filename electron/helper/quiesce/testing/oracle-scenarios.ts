import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsistencyLevel } from '../../../../shared/domain/level.ts';
import type { FilesystemFacts } from '../../sources/index.ts';
import { hasCode } from '../../system/errno.ts';
import { type LoopFilesystemType, withLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { AheadStore, QuiesceMethod, StillEvidence, StillOutcome } from '../contract.ts';
import { examineFolder } from './examine-folder.ts';
import { judge } from './judge.ts';
import {
  checkFiles,
  checkPrefix,
  durableProblems,
  type OrderedWriter,
  type StepKind,
  startOrderedWriter,
  type WriterPlan,
} from './ordered-writer/index.ts';
import { recordingReporter } from './recording-reporter.ts';
import { scratchFolder } from './scratch-folder.ts';
import { type WrittenView, writeView } from './write-view.ts';

/** One copy, judged by the level it claims and by what it really holds. */
export interface OracleResult {
  readonly level: ConsistencyLevel;
  /** Exactly the first `step` steps. */
  readonly isPrefix: boolean;
  readonly step: number;
  readonly problems: readonly string[];
  /** Files that were called whole and are of no single version. */
  readonly mixedFiles: readonly string[];
  /** What a crash would have left and the copy does not hold. */
  readonly lostFlushed: readonly string[];
  readonly plan: WriterPlan;
  readonly stallMs: number | null;
  /** Steps known complete before the method began and after it was done: what it holds must lie between. */
  readonly stepsBefore: number;
  readonly stepsAfter: number;
  readonly evidence: StillEvidence;
  readonly written: WrittenView;
}

/** A filesystem with some files that rest and some that an ordered writer keeps changing. */
export interface BusyFilesystem {
  readonly mountPoint: string;
  /** The source: a folder of the filesystem, not all of it, so that something can be moved in and out. */
  readonly root: string;
  readonly writer: OrderedWriter;
  readonly plan: WriterPlan;
  /** Takes one copy with a method and judges it. */
  copyWith(method: QuiesceMethod<FilesystemFacts>, options?: CopyOptions): Promise<OracleResult>;
  /** Copies it file by file, as a plain program would. */
  copyNaively(): { readonly isPrefix: boolean };
}

export interface CopyOptions {
  readonly longestStallMs?: number;
  /** For methods that store ahead. */
  readonly ahead?: AheadStore | undefined;
  /** As if the copy before were the snapshot before: what is said to be as in it is taken from it. */
  readonly continues?: boolean;
}

export interface LoadOptions {
  readonly type: LoopFilesystemType;
  readonly plan?: WriterPlan;
  readonly stepsPerSecond?: number;
  readonly restingFiles?: number;
  readonly seed?: number;
  /** Bytes in the filesystem, MiB. */
  readonly sizeMiB?: number;
}

/** Steps in place, appended and renamed over, in turns over several files each. */
export const mixedPlan: WriterPlan = { kinds: ['in-place', 'append', 'rename-over'], files: 8, blocks: 8 };
/** All steps in one file. */
export const oneFilePlan: WriterPlan = { kinds: ['in-place'], files: 1, blocks: 64 };

/** One way to write, in turns with a log that tells when: what is missed in one file shows in the other. */
export function planOf(...kinds: readonly StepKind[]): WriterPlan {
  return { kinds: [...new Set<StepKind>([...kinds, 'append'])], files: 3, blocks: 8 };
}

/** Long enough for a busy test machine; what is tested is what a copy holds, not how long it takes. */
const generousStallMs = 5000;

/** Runs `use` with a filesystem under load. Everything is gone afterwards. */
export async function withBusyFilesystem<T>(
  { type, plan = mixedPlan, stepsPerSecond = 500, restingFiles = 200, seed = 1, sizeMiB = 128 }: LoadOptions,
  use: (busy: BusyFilesystem) => Promise<T>,
): Promise<T> {
  return withLoopFilesystem({ type, sizeMiB }, async (mountPoint) => {
    const root = join(mountPoint, 'source');
    makeRestingFiles(join(root, 'resting'), restingFiles, seed);
    const directory = join(root, 'busy');
    mkdirSync(directory);
    const outside = join(mountPoint, 'outside');
    await using writer = await startOrderedWriter({ directory, outside, plan, stepsPerSecond });
    await writer.reached(50);
    using copies = scratchFolder('copies');
    const copier = new Copier(root, writer, plan, copies.path);
    // Awaited here: the writer must go on until `use` is done.
    return await use({
      mountPoint,
      root,
      writer,
      plan,
      copyWith: (method, options = {}) => copier.copyWith(method, options),
      copyNaively: () => copyNaively(directory, plan),
    });
  });
}

/** Takes one copy after the other, and keeps the last. */
class Copier {
  readonly #root: string;
  readonly #writer: OrderedWriter;
  readonly #plan: WriterPlan;
  readonly #copies: string;
  #count = 0;
  #last: { readonly directory: string; readonly version: string } | undefined;

  constructor(root: string, writer: OrderedWriter, plan: WriterPlan, copies: string) {
    this.#root = root;
    this.#writer = writer;
    this.#plan = plan;
    this.#copies = copies;
  }

  async copyWith(method: QuiesceMethod<FilesystemFacts>, options: CopyOptions): Promise<OracleResult> {
    const { longestStallMs = generousStallMs, ahead, continues = false } = options;
    this.#count += 1;
    const directory = join(this.#copies, String(this.#count));
    mkdirSync(directory);
    const base = continues ? this.#last : undefined;
    const { signal } = new AbortController();
    const facts = await examineFolder(this.#root);
    const stepsBefore = this.#writer.stepsSoFar();
    const outcome = await method.withStillView(
      facts,
      { longestStallMs },
      { signal, report: recordingReporter(), ahead, parentBase: base?.version },
      (view) => writeView(view, directory, signal, base?.directory),
    );
    if (this.#last !== undefined) rmSync(this.#last.directory, { recursive: true, force: true });
    this.#last = { directory, version: String(outcome.evidence.detail.checkpoint ?? '') };
    return { ...this.#judge(directory, outcome, stepsBefore), stepsBefore, stepsAfter: await this.#stepsNow() };
  }

  /** At least what was complete when it was called. */
  async #stepsNow(): Promise<number> {
    // Told a little after it is so: what is told next is at least what is complete by now.
    if (this.#writer.isRunning()) await this.#writer.reached(this.#writer.stepsSoFar() + 1);
    return this.#writer.stepsSoFar();
  }

  #judge(
    directory: string,
    { value, evidence }: StillOutcome<WrittenView>,
    stepsBefore: number,
  ): Omit<OracleResult, 'stepsBefore' | 'stepsAfter'> {
    const copy = join(directory, 'busy');
    const plan = this.#plan;
    const torn = value.torn.flatMap(({ path }) => path.split('/'));
    const isTorn = (file: string): boolean => torn.some((name) => name === file || name.startsWith(`${file}.at-`));
    const mixed = checkFiles(copy, plan).filter(({ file, isOneVersion }) => !isOneVersion && !isTorn(file));
    return {
      ...checkPrefix(copy, plan),
      mixedFiles: mixed.map(({ file }) => file),
      lostFlushed: durableProblems(copy, plan, stepsBefore),
      plan,
      level: judge(evidence, value).level,
      stallMs: evidence.hold?.stallMs ?? null,
      evidence,
      written: value,
    };
  }
}

function copyNaively(directory: string, plan: WriterPlan): { readonly isPrefix: boolean } {
  using target = scratchFolder('naive');
  for (const name of readdirSync(directory).sort()) {
    try {
      cpSync(join(directory, name), join(target.path, name), { recursive: true });
    } catch (error) {
      // Renamed since it was listed.
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
  return checkPrefix(target.path, plan);
}

/** A tree of small files whose sizes follow from a seed. */
export function makeRestingFiles(directory: string, count: number, seed: number): void {
  mkdirSync(directory, { recursive: true });
  let state = seed;
  for (let index = 0; index < count; index += 1) {
    // Numbers of a linear congruential generator (Numerical Recipes' constants): the same tree for the same seed.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const folder = join(directory, `folder-${index % 10}`);
    if (index < 10) mkdirSync(folder);
    writeFileSync(join(folder, `file-${index}`), Buffer.alloc(state % 20_000, index));
  }
}

/** A claim that the copy does not bear out: what no method may ever produce. */
export function isLie(
  result: Pick<
    OracleResult,
    'level' | 'isPrefix' | 'mixedFiles' | 'lostFlushed' | 'step' | 'stepsBefore' | 'stepsAfter'
  >,
): boolean {
  const { level, isPrefix, mixedFiles, lostFlushed, step, stepsBefore, stepsAfter } = result;
  const isOfItsTime = step >= stepsBefore && step <= stepsAfter;
  if (level === 'crash') return lostFlushed.length > 0;
  if (['application', 'filesystem', 'observed-static'].includes(level)) return !isPrefix || !isOfItsTime;
  return mixedFiles.length > 0;
}
