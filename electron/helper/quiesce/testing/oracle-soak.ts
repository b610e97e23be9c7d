import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoopFilesystemType, withLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { createFsfreezeCopy } from '../fsfreeze-copy/index.ts';
import { createLive } from '../live/index.ts';
import { examineFolder } from './examine-folder.ts';
import { freezeEnvironment } from './freeze-environment.ts';
import { judge } from './judge.ts';
import { startMappedWriter } from './mapped-writer/index.ts';
import {
  isLie,
  type LoadOptions,
  makeRestingFiles,
  mixedPlan,
  type OracleResult,
  oneFilePlan,
  withBusyFilesystem,
} from './oracle-scenarios.ts';
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

const types = ['ext4', 'xfs'] as const satisfies readonly LoopFilesystemType[];

export const oracleScenarios: readonly SoakScenario[] = types.flatMap((type): SoakScenario[] => [
  {
    name: `${type}: frozen copies under load hold exactly the first steps`,
    count: 20,
    run: (repetition) => frozenUnderLoad(loadOf(type, repetition)),
  },
  {
    name: `${type}: live copies under load claim no single instant`,
    count: 200,
    run: (repetition) => liveUnderLoad(loadOf(type, repetition)),
  },
  { name: `${type}: live copies of a quiet tree are called so`, count: 20, run: (seed) => liveAtRest(type, seed) },
  { name: `${type}: nothing that is mapped is called quiet`, count: 20, run: () => liveWhileMapped(type) },
]);

/** Another rate and another plan each time, the same for the same repetition. */
function loadOf(type: LoopFilesystemType, repetition: number): LoadOptions {
  const stepsPerSecond = [300, 700, 1500][repetition % 3] ?? 300;
  return { type, stepsPerSecond, plan: repetition % 4 === 3 ? oneFilePlan : mixedPlan, seed: repetition + 1 };
}

function frozenUnderLoad(load: LoadOptions): Promise<SoakResult> {
  return withBusyFilesystem(load, async (busy) => {
    const result = await busy.copyWith(createFsfreezeCopy(freezeEnvironment()));
    const isOfItsTime = result.step >= result.stepsBefore;
    return { ok: result.level === 'filesystem' && result.isPrefix && isOfItsTime, facts: factsOf(result) };
  });
}

function liveUnderLoad(load: LoadOptions): Promise<SoakResult> {
  return withBusyFilesystem(load, async (busy) => {
    const result = await busy.copyWith(createLive());
    const claimsLittle = result.level === 'per-file' || result.level === 'torn';
    return { ok: claimsLittle && !isLie(result), facts: factsOf(result) };
  });
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

function factsOf(result: OracleResult): SoakResult['facts'] {
  const { level, isPrefix, step, stallMs, problems, mixedFiles } = result;
  return {
    ...{ level, isPrefix, step, stallMs: stallMs ?? 0, torn: result.written.torn.length },
    problem: problems[0] ?? mixedFiles[0] ?? '',
  };
}
