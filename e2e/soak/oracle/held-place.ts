import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRestingFiles, mixedPlan } from '../../../electron/helper/quiesce/testing/oracle-scenarios.ts';
import { checkPrefix, startOrderedWriter } from '../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import { runProgramOk } from '../../../electron/helper/system/exec.ts';
import {
  type LoopFilesystemType,
  openLoopFilesystem,
} from '../../../electron/helper/system/testing/loop-filesystem.ts';
import { lastRecord, stillpoint } from '../../harness/command-line.ts';
import type { CaseResult } from '../../harness/soak.ts';

/** The whole product on a busy filesystem: backed up by the built command line, restored by restic, judged by the oracle. */
export interface HeldPlace extends AsyncDisposable {
  run(): Promise<CaseResult>;
}

export async function openHeldPlace(type: LoopFilesystemType): Promise<HeldPlace> {
  const scratch = mkdtempSync(join(tmpdir(), 'stillpoint-oracle-'));
  const passwordFile = join(scratch, 'password');
  const repo = join(scratch, 'repo');
  const common = ['--repo', repo, '--password-file', passwordFile];
  const environment = {
    XDG_CONFIG_HOME: join(scratch, 'config'),
    XDG_STATE_HOME: join(scratch, 'state'),
    XDG_CACHE_HOME: join(scratch, 'cache'),
    XDG_DATA_HOME: join(scratch, 'data'),
  };
  writeFileSync(passwordFile, 'oracle\n', { mode: 0o600 });
  const filesystem = await openLoopFilesystem({ type, sizeMiB: 512, watchdogSilenceMs: 60_000 });
  makeRestingFiles(join(filesystem.mountPoint, 'resting'), 1000, 1);
  const directory = join(filesystem.mountPoint, 'busy');
  mkdirSync(directory);
  const writer = await startOrderedWriter({ directory, plan: mixedPlan, stepsPerSecond: 1000 });
  await writer.reached(200);
  lastRecord(await stillpoint(['init', ...common], environment), 'repository');

  return {
    async run() {
      const stepsBefore = writer.stepsSoFar();
      const stall = ['--longest-stall', '20000'];
      const run = await stillpoint(['backup', filesystem.mountPoint, ...stall, ...common], environment);
      const { level, snapshotId, stallMs } = lastRecord(run, 'result');
      const copy = join(scratch, 'copy');
      await runProgramOk(
        '/usr/bin/restic',
        [...common, '--no-cache', 'restore', String(snapshotId), '--target', copy],
        {
          timeoutMs: 120_000,
        },
      );
      const verdict = checkPrefix(join(copy, directory), mixedPlan);
      rmSync(copy, { recursive: true, force: true });
      const ok = level === 'filesystem' && verdict.isPrefix && verdict.step >= stepsBefore;
      const facts = { level: String(level), stallMs: Number(stallMs), step: verdict.step, stepsBefore };
      return { ok, facts: { ...facts, problems: verdict.problems.join('; ') } };
    },
    async [Symbol.asyncDispose]() {
      await writer.stop();
      await filesystem.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
