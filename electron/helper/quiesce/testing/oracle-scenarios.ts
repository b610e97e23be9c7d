import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ConsistencyLevel } from '../../../../shared/domain/level.ts';
import type { FilesystemFacts } from '../../sources/index.ts';
import { hasCode } from '../../system/errno.ts';
import { type LoopFilesystemType, withLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { QuiesceMethod, StillEvidence } from '../contract.ts';
import { examineFolder } from './examine-folder.ts';
import { judge } from './judge.ts';
import {
  checkFiles,
  checkPrefix,
  type OrderedWriter,
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
  readonly writer: OrderedWriter;
  readonly plan: WriterPlan;
  /** Takes one copy with a method and judges it. */
  copyWith(method: QuiesceMethod<FilesystemFacts>, longestStallMs?: number): Promise<OracleResult>;
  /** Copies it file by file, as a plain program would. */
  copyNaively(): { readonly isPrefix: boolean };
}

export interface LoadOptions {
  readonly type: LoopFilesystemType;
  readonly plan?: WriterPlan;
  readonly stepsPerSecond?: number;
  readonly restingFiles?: number;
  readonly seed?: number;
}

/** Steps in place, appended and renamed over, in turns over several files each. */
export const mixedPlan: WriterPlan = { kinds: ['in-place', 'append', 'rename-over'], files: 8, blocks: 8 };
/** All steps in one file. */
export const oneFilePlan: WriterPlan = { kinds: ['in-place'], files: 1, blocks: 64 };

/** Long enough for a busy test machine; what is tested is what a copy holds, not how long it takes. */
const generousStallMs = 5000;

/** Runs `use` with a filesystem under load. Everything is gone afterwards. */
export async function withBusyFilesystem<T>(
  { type, plan = mixedPlan, stepsPerSecond = 500, restingFiles = 200, seed = 1 }: LoadOptions,
  use: (busy: BusyFilesystem) => Promise<T>,
): Promise<T> {
  return withLoopFilesystem({ type, sizeMiB: 128 }, async (mountPoint) => {
    makeRestingFiles(join(mountPoint, 'resting'), restingFiles, seed);
    const directory = join(mountPoint, 'busy');
    mkdirSync(directory);
    await using writer = await startOrderedWriter({ directory, plan, stepsPerSecond });
    await writer.reached(50);
    // Awaited here: the writer must go on until `use` is done.
    return await use({
      mountPoint,
      writer,
      plan,
      copyWith: (method, longestStallMs = generousStallMs) =>
        copyWith(method, mountPoint, writer, plan, longestStallMs),
      copyNaively: () => copyNaively(directory, plan),
    });
  });
}

async function copyWith(
  method: QuiesceMethod<FilesystemFacts>,
  path: string,
  writer: OrderedWriter,
  plan: WriterPlan,
  longestStallMs: number,
): Promise<OracleResult> {
  using target = scratchFolder('copy');
  const { signal } = new AbortController();
  const facts = await examineFolder(path);
  const stepsBefore = writer.stepsSoFar();
  const outcome = await method.withStillView(
    facts,
    { longestStallMs },
    { signal, report: recordingReporter() },
    (view) => writeView(view, target.path, signal),
  );
  const stepsAfter = writer.stepsSoFar();
  const copy = join(target.path, 'busy');
  const torn = new Set(outcome.value.torn.map(({ path: each }) => basename(each)));
  const mixed = checkFiles(copy, plan).filter(({ file, isOneVersion }) => !isOneVersion && !torn.has(file));
  return {
    ...checkPrefix(copy, plan),
    mixedFiles: mixed.map(({ file }) => file),
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
      copyFileSync(join(directory, name), join(target.path, name));
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
export function isLie(result: Pick<OracleResult, 'level' | 'isPrefix' | 'mixedFiles'>): boolean {
  const claimsOneInstant = ['application', 'filesystem', 'crash', 'observed-static'].includes(result.level);
  return (claimsOneInstant && !result.isPrefix) || result.mixedFiles.length > 0;
}
