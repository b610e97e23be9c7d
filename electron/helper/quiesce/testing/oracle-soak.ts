import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoopFilesystemType, withLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { createLive } from '../live/index.ts';
import { examineFolder } from './examine-folder.ts';
import { judge } from './judge.ts';
import { startMappedWriter } from './mapped-writer/index.ts';
import { type MethodUnderTestName, methodsUnderTest } from './methods.ts';
import {
  isLie,
  type LoadOptions,
  makeRestingFiles,
  mixedPlan,
  type OracleResult,
  oneFilePlan,
  planOf,
  withBusyFilesystem,
} from './oracle-scenarios.ts';
import { stepKinds } from './ordered-writer/index.ts';
import { recordingReporter } from './recording-reporter.ts';
import { scratchFolder } from './scratch-folder.ts';
import { writeView } from './write-view.ts';

/** One repetition: whether it was as it must be, and what a report shows of it. */
export interface SoakResult {
  readonly ok: boolean;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

/** The full counts of the oracle's claims. Every repetition stands by itself, so that a soak can stop and go on. */
export interface SoakScenario {
  readonly name: string;
  readonly count: number;
  run(repetition: number): Promise<SoakResult>;
}

export const oracleTypes = ['ext4', 'xfs', 'btrfs'] as const satisfies readonly LoopFilesystemType[];

/** Everything that writes in one source at once. */
const everything = 'everything';
export const writerKinds = [...stepKinds, everything] as const;
export type WriterKind = (typeof writerKinds)[number];

/** Writers that must earn the held level nearly always. The others may be too much for a pause, and are then called less. */
export const wellKnownWriters = [
  ...['in-place', 'append', 'rename-over', 'synced', 'direct'],
  ...['io-uring', 'io-uring-direct', 'io-uring-registered'],
] as const satisfies readonly WriterKind[];
export const leastHeldShare = 0.95;

/** As the soak's report names it, and finds it again. */
export function underLoadName(type: string, method: string, kind: WriterKind): string {
  return `${type}: ${method} beside ${kind}`;
}

function underLoad(
  method: MethodUnderTestName,
  countEach: number,
  types: readonly LoopFilesystemType[] = oracleTypes,
): SoakScenario[] {
  return types.flatMap((type) =>
    writerKinds.map((kind) => ({
      name: underLoadName(type, method, kind),
      count: countEach,
      run: (repetition: number) => copiesUnderLoad(method, loadOfMethod(method, type, kind, repetition)),
    })),
  );
}

/** What claims no more than a crash leaves is judged by steps that are flushed: there are some beside whoever writes. */
function loadOfMethod(
  method: MethodUnderTestName,
  type: LoopFilesystemType,
  kind: WriterKind,
  repetition: number,
): LoadOptions {
  const load = loadFor(type, kind, repetition);
  if (method !== 'btrfs-snapshot' || kind === everything) return load;
  return { ...load, plan: planOf(kind, 'synced') };
}

/** By the method that reads ahead each repetition makes two copies: 540 in all. Fewer by the others. */
export const methodScenarios: readonly SoakScenario[] = [
  ...underLoad('precopy-freeze', 5),
  ...underLoad('fsfreeze-copy', 2),
  ...underLoad('live', 2),
  ...underLoad('btrfs-snapshot', 4, ['btrfs']),
];

const types = ['ext4', 'xfs'] as const satisfies readonly LoopFilesystemType[];

export const oracleScenarios: readonly SoakScenario[] = types.flatMap((type): SoakScenario[] => [
  {
    name: `${type}: frozen copies under load hold exactly the first steps`,
    count: 20,
    run: (repetition) => copiesUnderLoad('fsfreeze-copy', loadOf(type, repetition)),
  },
  {
    name: `${type}: live copies under load claim no single instant`,
    count: 200,
    run: (repetition) => copiesUnderLoad('live', loadOf(type, repetition)),
  },
  { name: `${type}: live copies of a quiet tree are called so`, count: 20, run: (seed) => liveAtRest(type, seed) },
  { name: `${type}: nothing that is mapped is called quiet`, count: 20, run: () => liveWhileMapped(type) },
]);

/** Another rate and another plan each time, the same for the same repetition. */
function loadOf(type: LoopFilesystemType, repetition: number): LoadOptions {
  return {
    type,
    stepsPerSecond: rateOf(repetition),
    plan: repetition % 4 === 3 ? oneFilePlan : mixedPlan,
    seed: repetition + 1,
  };
}

export function loadFor(type: LoopFilesystemType, kind: WriterKind, repetition: number): LoadOptions {
  const plan = kind === everything ? { ...planOf(...stepKinds), files: 1 } : planOf(kind);
  return { type, plan, stepsPerSecond: rateOf(repetition), seed: repetition + 1 };
}

function rateOf(repetition: number): number {
  return [300, 700, 1500][repetition % 3] ?? 300;
}

/**
 * One copy under load; by the method that reads ahead a second one, which takes what did not change from the first. Not ok:
 * a claim that a copy does not bear out, one instant claimed by a method that holds nobody, or a method that holds everybody
 * for the whole copy and earns less than that. What the method that reads ahead refuses in words is no failure; how often
 * is judged over all copies.
 */
export async function copiesUnderLoad(name: MethodUnderTestName, load: LoadOptions): Promise<SoakResult> {
  return withBusyFilesystem(load, async (busy) => {
    await using tested = methodsUnderTest[name]();
    const first = await oneCopy(name, () => busy.copyWith(tested.method, { ahead: tested.newAhead() }));
    if (name !== 'precopy-freeze' || !first.ok) return first;
    const copyAgain = () => busy.copyWith(tested.method, { ahead: tested.newAhead(), continues: true });
    const second = await oneCopy(name, copyAgain);
    const again = Object.fromEntries(Object.entries(second.facts).map(([fact, value]) => [`again ${fact}`, value]));
    return { ok: second.ok, facts: { ...first.facts, ...again } };
  });
}

async function oneCopy(name: MethodUnderTestName, copy: () => Promise<OracleResult>): Promise<SoakResult> {
  try {
    const result = await copy();
    return { ok: mayEarn(name, result.level) && !isLie(result), facts: factsOf(result) };
  } catch (error) {
    const kind = error instanceof Error && 'kind' in error ? String(error.kind) : '';
    const isRefusal = kind === 'freeze-refused' || kind === 'freeze-ended-early';
    if (name !== 'precopy-freeze' || !isRefusal || !(error instanceof Error)) throw error;
    return { ok: true, facts: { level: 'refused', why: error.message } };
  }
}

function liveAtRest(type: LoopFilesystemType, seed: number): Promise<SoakResult> {
  return withLoopFilesystem({ type, sizeMiB: 64 }, async (mountPoint) => {
    const root = join(mountPoint, 'quiet');
    makeRestingFiles(root, 300, seed);
    const level = await levelOfLiveCopy(root);
    return { ok: level === 'observed-static', facts: { level } };
  });
}

function liveWhileMapped(type: LoopFilesystemType): Promise<SoakResult> {
  return withLoopFilesystem({ type, sizeMiB: 64 }, async (mountPoint) => {
    const root = join(mountPoint, 'mapped');
    mkdirSync(root);
    writeFileSync(join(root, 'file'), Buffer.alloc(4096));
    await using writer = await startMappedWriter();
    await writer.map(join(root, 'file'), 4096);
    await writer.store(0, 1);
    const level = await levelOfLiveCopy(root, () => writer.store(0, 2));
    return { ok: level !== 'observed-static', facts: { level } };
  });
}

async function levelOfLiveCopy(root: string, meanwhile: () => Promise<void> = async () => {}): Promise<string> {
  using target = scratchFolder('soak');
  const { signal } = new AbortController();
  const { value, evidence } = await createLive().withStillView(
    await examineFolder(root),
    { longestStallMs: 250 },
    { signal, report: recordingReporter() },
    async (view) => {
      await meanwhile();
      return writeView(view, target.path, signal);
    },
  );
  return judge(evidence, value).level;
}

/** Beside somebody who writes. */
function mayEarn(name: MethodUnderTestName, level: OracleResult['level']): boolean {
  switch (name) {
    case 'live':
      return level === 'per-file' || level === 'torn';
    case 'fsfreeze-copy':
      return level === 'filesystem';
    case 'btrfs-snapshot':
      return level === 'crash';
    case 'precopy-freeze':
      return true;
  }
}

function factsOf(result: OracleResult): SoakResult['facts'] {
  const { level, isPrefix, step, stepsBefore, stepsAfter, mixedFiles, lostFlushed, stallMs, problems } = result;
  const { tracking = null } = result.evidence;
  return {
    ...{ level, isPrefix, step, stepsBefore, stepsAfter },
    ...{ mixedFiles: mixedFiles.length, torn: result.written.torn.length, lostFlushed: lostFlushed.length },
    ...(stallMs === null ? {} : { stallMs: Math.round(stallMs * 10) / 10 }),
    ...(tracking === null
      ? {}
      : {
          inside: tracking.filesInside,
          suspects: tracking.suspectsTotal,
          retries: tracking.retries.length,
          continued: tracking.continuedFrom !== null,
        }),
    ...(tracking !== null && tracking.doubts.length > 0 ? { doubts: tracking.doubts.join('; ') } : {}),
    ...(problems.length > 0 ? { problems: problems.slice(0, 2).join('; ') } : {}),
  };
}
