import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsistencyLevel } from '../../../../shared/domain/level.ts';
import type { FilesystemFacts } from '../../sources/index.ts';
import { hasCode } from '../../system/errno.ts';
import { type LoopFilesystemType, withLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { AheadStore, QuiesceMethod, StillEvidence } from '../contract.ts';
import { examineFolder } from './examine-folder.ts';
import { judge } from './judge.ts';
import {
  checkFiles,
  checkPrefix,
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
  /** Default: a store in memory, for methods that store ahead. */
  readonly ahead?: AheadStore;
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
    // Awaited here: the writer must go on until `use` is done.
    return await use({
      mountPoint,
      root,
      writer,
      plan,
      copyWith: (method, options = {}) => copyWith(method, root, writer, plan, options),
      copyNaively: () => copyNaively(directory, plan),
    });
  });
}

async function copyWith(
  method: QuiesceMethod<FilesystemFacts>,
  path: string,
  writer: OrderedWriter,
  plan: WriterPlan,
  { longestStallMs = generousStallMs, ahead }: CopyOptions,
): Promise<OracleResult> {
  using target = scratchFolder('copy');
  const { signal } = new AbortController();
  const facts = await examineFolder(path);
  const stepsBefore = writer.stepsSoFar();
  const outcome = await method.withStillView(
    facts,
    { longestStallMs },
    { signal, report: recordingReporter(), ahead },
    (view) => writeView(view, target.path, signal),
  );
  // Told a little after it is so: what is told next is at least what was complete by now.
  await writer.reached(writer.stepsSoFar() + 1);
  const stepsAfter = writer.stepsSoFar();
  const copy = join(target.path, 'busy');
  const torn = outcome.value.torn.flatMap(({ path: each }) => each.split('/'));
  const isTorn = (file: string): boolean => torn.some((name) => name === file || name.startsWith(`${file}.at-`));
  const mixed = checkFiles(copy, plan).filter(({ file, isOneVersion }) => !isOneVersion && !isTorn(file));
  return {
    ...checkPrefix(copy, plan),
    mixedFiles: mixed.map(({ file }) => file),
    plan,
    level: judge(outcome.evidence, outcome.value).level,
    stallMs: outcome.evidence.hold?.stallMs ?? null,
    stepsBefore,
    stepsAfter,
    evidence: outcome.evidence,
    written: outcome.value,
  };
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
  result: Pick<OracleResult, 'level' | 'isPrefix' | 'mixedFiles' | 'plan' | 'step' | 'stepsBefore' | 'stepsAfter'>,
): boolean {
  const { level, isPrefix, mixedFiles, plan, step, stepsBefore, stepsAfter } = result;
  const isOfItsTime = step >= stepsBefore && step <= stepsAfter;
  if (level === 'crash') return plan.kinds.every((kind) => kind === 'synced') && !isPrefix;
  if (['application', 'filesystem', 'observed-static'].includes(level)) return !isPrefix || !isOfItsTime;
  return mixedFiles.length > 0;
}
