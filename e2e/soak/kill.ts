import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOrderedWriter } from '../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import { runProgram } from '../../electron/helper/system/exec.ts';
import { openLoopFilesystem } from '../../electron/helper/system/testing/loop-filesystem.ts';
import { lastRecord, stillpoint } from '../harness/command-line.ts';
import { type CaseResult, runSoak, type Scenario } from '../harness/soak.ts';
import { runKillCase, type Victim, victims } from './kill/kill-case.ts';

// Ends and stops helper, guard, main, and helper with guard together, half of the times between the freeze call and the
// thaw. After each: writers run again within the lease and two seconds, restic's check of the repository is clean, and
// the next backup is held still and uses what was stored before.

const leaseMs = 4_000;
const files = 3_000;
const fileBytes = 24 * 1024;

const scratch = mkdtempSync(join(tmpdir(), 'stillpoint-kill-'));
const passwordFile = join(scratch, 'password');
const repo = join(scratch, 'repo');
const environment = {
  XDG_CONFIG_HOME: join(scratch, 'config'),
  XDG_STATE_HOME: join(scratch, 'state'),
  XDG_CACHE_HOME: join(scratch, 'cache'),
  XDG_DATA_HOME: join(scratch, 'data'),
};
const common = ['--repo', repo, '--password-file', passwordFile];
writeFileSync(passwordFile, 'kill\n', { mode: 0o600 });

const filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 512, watchdogSilenceMs: 60_000 });
try {
  fill(join(filesystem.mountPoint, 'data'));
  const made = lastRecord(await stillpoint(['init', ...common], environment), 'repository');
  const added = await stillpoint(
    ['sources', 'add', filesystem.mountPoint, '--longest-stall', String(leaseMs), ...common],
    environment,
  );
  const sourceId = String(lastRecord(added, 'source').id);
  await backupInPeace('first');
  const place = { sourceId, repositoryId: String(made.id), passwordFile, environment, leaseMs };
  const scenarios = victims.flatMap((victim) => [scenario(victim, 'SIGKILL'), scenario(victim, 'SIGSTOP')]);
  await runSoak('kill', scenarios, process.argv.slice(2));

  function scenario(victim: Victim, signal: 'SIGKILL' | 'SIGSTOP'): Scenario {
    return {
      name: `${victim} ${signal}`,
      count: 50,
      run: async (repetition) => {
        const directory = join(filesystem.mountPoint, 'writer');
        rmSync(directory, { recursive: true, force: true });
        mkdirSync(directory);
        const plan = { kinds: ['in-place', 'append', 'rename-over'] as const, files: 10, blocks: 8 };
        await using writer = await startOrderedWriter({ directory, plan, stepsPerSecond: 500 });
        await writer.reached(50);
        const afterMs = repetition % 2 === 0 ? null : Math.random() * 600;
        const result = await runKillCase({ victim, signal, afterMs }, { ...place, writer });
        const { longestStepMs } = await writer.stop();
        const inTime = longestStepMs <= leaseMs + 2_000;
        const after = await backupInPeace('after');
        const clean = await isClean();
        const ok = result.ok && inTime && after.ok && clean;
        return { ok, facts: { ...result.facts, longestStepMs: Math.round(longestStepMs), clean, ...after.facts } };
      },
    };
  }
} finally {
  await filesystem.close();
  rmSync(scratch, { recursive: true, force: true });
}

/** Restic's check takes an exclusive lock: it also fails on a lock that was left behind. */
async function isClean(): Promise<boolean> {
  const { exitCode } = await runProgram('/usr/bin/restic', [...resticArgs(), 'check'], { timeoutMs: 120_000 });
  return exitCode === 0;
}

/** Held still, and little new: what is unchanged was found again. */
async function backupInPeace(when: 'first' | 'after'): Promise<CaseResult> {
  const run = await stillpoint(['backup', filesystem.mountPoint, ...common], environment);
  const { level, newBytes, outcome } = lastRecord(run, 'result');
  const reused = when === 'first' || Number(newBytes) < (files * fileBytes) / 10;
  if (when === 'first' && level !== 'filesystem')
    throw new Error(`not held still: ${JSON.stringify(run.records.at(-1))}`);
  return {
    ok: run.code === 0 && level === 'filesystem' && reused,
    facts: { level: String(level), outcome: String(outcome), newBytes: Number(newBytes) },
  };
}

function resticArgs(): string[] {
  return ['--repo', repo, '--password-file', passwordFile, '--no-cache'];
}

function fill(directory: string): void {
  for (let folder = 0; folder < files / 100; folder++) {
    const path = join(directory, String(folder));
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < 100; file++) writeFileSync(join(path, String(file)), randomBytes(fileBytes));
  }
}
