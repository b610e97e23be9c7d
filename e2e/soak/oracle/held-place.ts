import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeRestingFiles, mixedPlan } from '../../../electron/helper/quiesce/testing/oracle-scenarios.ts';
import { checkPrefix, startOrderedWriter } from '../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import {
  type LoopFilesystemType,
  openLoopFilesystem,
} from '../../../electron/helper/system/testing/loop-filesystem.ts';
import { lastRecord } from '../../harness/command-line.ts';
import { newPlace } from '../../harness/place.ts';
import type { CaseResult } from '../../harness/soak.ts';
import { restic } from '../../headless/restic.ts';

/** The whole product on a busy filesystem: backed up by the built command line, restored by restic, judged by the oracle. */
export interface HeldPlace extends AsyncDisposable {
  run(): Promise<CaseResult>;
}

export async function openHeldPlace(type: LoopFilesystemType): Promise<HeldPlace> {
  const user = newPlace();
  const filesystem = await openLoopFilesystem({ type, sizeMiB: 512, watchdogSilenceMs: 60_000 });
  makeRestingFiles(join(filesystem.mountPoint, 'resting'), 1000, 1);
  const directory = join(filesystem.mountPoint, 'busy');
  mkdirSync(directory);
  const writer = await startOrderedWriter({ directory, plan: mixedPlan, stepsPerSecond: 1000 });
  await writer.reached(200);
  lastRecord(await user.run('init'), 'repository');

  return {
    async run() {
      const stepsBefore = writer.stepsSoFar();
      const run = await user.run('backup', filesystem.mountPoint, '--longest-stall', '20000');
      const { level, snapshotId, stallMs } = lastRecord(run, 'result');
      const copy = join(user.path, 'copy');
      const restored = await restic(user, 'restore', String(snapshotId), '--target', copy);
      if (restored.code !== 0) throw new Error(restored.text);
      const verdict = checkPrefix(join(copy, directory), mixedPlan);
      rmSync(copy, { recursive: true, force: true });
      const ok = level === 'filesystem' && verdict.isPrefix && verdict.step >= stepsBefore;
      const facts = { level: String(level), stallMs: Number(stallMs), step: verdict.step, stepsBefore };
      return { ok, facts: { ...facts, problems: verdict.problems.join('; ') } };
    },
    async [Symbol.asyncDispose]() {
      await writer.stop();
      await filesystem.close();
      user[Symbol.dispose]();
    },
  };
}
