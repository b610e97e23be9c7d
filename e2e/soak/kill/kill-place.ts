import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOrderedWriter } from '../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import { openLoopFilesystem } from '../../../electron/helper/system/testing/loop-filesystem.ts';
import { lastRecord } from '../../harness/command-line.ts';
import { newPlace } from '../../harness/place.ts';
import type { CaseResult } from '../../harness/soak.ts';
import { restic } from '../../headless/restic.ts';
import { type KillCase, runKillCase } from './kill-case.ts';

const leaseMs = 4_000;
const files = 3_000;
const fileBytes = 24 * 1024;
const plan = { kinds: ['in-place', 'append', 'rename-over'] as const, files: 10, blocks: 8 };

/** A filesystem under load with a registered source and a repository elsewhere, in which backups are ended or stopped. */
export interface KillPlace extends AsyncDisposable {
  /**
   * One case and its aftermath: writers ran again in time, the next backup is held still and found again what was stored,
   * and restic's check of the repository is clean.
   */
  run(kill: KillCase): Promise<CaseResult>;
}

export async function openKillPlace(): Promise<KillPlace> {
  const user = newPlace();
  const { passwordFile, environment } = user;
  const filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 512, watchdogSilenceMs: 60_000 });
  const close = async (): Promise<void> => {
    await filesystem.close();
    user[Symbol.dispose]();
  };
  try {
    fill(join(filesystem.mountPoint, 'data'));
    const made = lastRecord(await user.run('init'), 'repository');
    const added = await user.run('sources', 'add', filesystem.mountPoint, '--longest-stall', String(leaseMs));
    const place = {
      sourceId: String(lastRecord(added, 'source').id),
      repositoryId: String(made.id),
      passwordFile,
      environment,
      leaseMs,
    };
    const first = await backup();
    if (first.facts.level !== 'filesystem') throw new Error(`not held still: ${JSON.stringify(first)}`);
    return { run: (kill) => runOne(kill, place), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }

  async function runOne(kill: KillCase, place: Omit<Parameters<typeof runKillCase>[1], 'writer'>): Promise<CaseResult> {
    const directory = join(filesystem.mountPoint, 'writer');
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
    await using writer = await startOrderedWriter({ directory, plan, stepsPerSecond: 500 });
    await writer.reached(50);
    const result = await runKillCase(kill, { ...place, writer });
    const { longestStepMs } = await writer.stop();
    const inTime = longestStepMs <= leaseMs + 2_000;
    const after = await backup();
    const { code } = await restic(user, 'check');
    // Restic's check takes an exclusive lock: it also fails on a lock that was left behind.
    const clean = code === 0;
    const facts = { ...result.facts, longestStepMs: Math.round(longestStepMs), clean, ...after.facts };
    return { ok: result.ok && inTime && after.ok && clean, facts };
  }

  /** Held still, and little new: what is unchanged was found again. */
  async function backup(): Promise<CaseResult> {
    const run = await user.run('backup', filesystem.mountPoint);
    const { level, newBytes, outcome } = lastRecord(run, 'result');
    const reused = Number(newBytes) < (files * fileBytes) / 10;
    const facts = { level: String(level), outcome: String(outcome), newBytes: Number(newBytes) };
    return { ok: run.code === 0 && level === 'filesystem' && reused, facts };
  }
}

function fill(directory: string): void {
  for (let folder = 0; folder < files / 100; folder++) {
    const path = join(directory, String(folder));
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < 100; file++) writeFileSync(join(path, String(file)), randomBytes(fileBytes));
  }
}
