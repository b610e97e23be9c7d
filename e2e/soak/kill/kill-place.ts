import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settledRcu } from '../../../electron/helper/quiesce/guard/testing/rcu.ts';
import { startOrderedWriter } from '../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import { openLoopFilesystem } from '../../../electron/helper/system/testing/loop-filesystem.ts';
import { type Evidence, evidencePath } from '../../../shared/domain/evidence.ts';
import { lastRecord } from '../../harness/command-line.ts';
import { openHelperSession } from '../../harness/helper-session.ts';
import { newPlace } from '../../harness/place.ts';
import type { CaseResult } from '../../harness/soak.ts';
import { restic } from '../../headless/restic.ts';
import { graceMs, type KillCase, runKillCase } from './kill-case.ts';
import { mislabelled, snapshotIds } from './snapshots.ts';

const leaseMs = 4_000;
const files = 3_000;
const fileBytes = 24 * 1024;
const plan = { kinds: ['in-place', 'append', 'rename-over'] as const, files: 10, blocks: 8 };

/** A filesystem under load with a registered source and a repository elsewhere, in which backups are ended or stopped. */
export interface KillPlace extends AsyncDisposable {
  /**
   * One case and its aftermath: writers ran again in time, RCU is as it was, whatever was published holds what it claims,
   * the next backups are held still, find again what was stored and follow changes, and restic's check is clean.
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
    for (const path of [directory, `${directory}.outside`]) rmSync(path, { recursive: true, force: true });
    mkdirSync(directory);
    await using writer = await startOrderedWriter({ directory, plan, stepsPerSecond: 500 });
    await writer.reached(50);
    const before = await snapshotIds(user);
    const rcuBefore = await settledRcu();
    const result = await runKillCase(kill, { ...place, writer });
    // Right away: a later run may thin out what is there.
    const published = new Map([...(await snapshotIds(user))].filter(([id]) => !before.has(id)));
    const wrong = await mislabelled(user, published, directory, plan);
    const after = await backupsAfter(place);
    const { longestStepMs } = await writer.stop();
    const rcu = await settledRcu(rcuBefore);
    const { code } = await restic(user, 'check');
    // Restic's check takes an exclusive lock: it also fails on a lock that was left behind.
    const clean = code === 0;
    const inTime = longestStepMs <= leaseMs + graceMs;
    const facts = { longestStepMs: Math.round(longestStepMs), clean, rcuBefore, rcu, published: published.size };
    return {
      ok: result.ok && inTime && after.ok && clean && rcu === rcuBefore && wrong.length === 0,
      facts: { ...result.facts, ...facts, mislabelled: wrong.join('; '), ...after.facts },
    };
  }

  /**
   * Two backups by a helper that is new: held still both, little new in either, and the second continues the record of
   * changes that the first began.
   */
  async function backupsAfter(place: {
    readonly sourceId: string;
    readonly repositoryId: string;
  }): Promise<CaseResult> {
    const { repositoryId, sourceId } = place;
    await using session = await openHelperSession({ environment, repositoryId, password: 'correct horse' });
    const backups = [await session.backup(sourceId), await session.backup(sourceId)];
    const results = backups.map(({ result }) => result);
    const notes = backups[1]?.events.flatMap((event) => (event.type === 'note' ? [event.text] : [])) ?? [];
    const levels = results.map(({ level }) => String(level));
    const newBytes = results.map((each) => each.newBytes);
    const proof = await restic(user, 'dump', String(results[1]?.snapshotId), evidencePath, '--no-lock');
    const evidence = JSON.parse(proof.text.slice(proof.text.indexOf('{'))) as Pick<Evidence, 'tracking'>;
    const continued = (evidence.tracking?.continuedFrom ?? null) !== null;
    const ok = levels.every((level) => level === 'filesystem') && continued;
    const reused = newBytes.every((bytes) => bytes < (files * fileBytes) / 10);
    return {
      ok: ok && reused,
      facts: { levels: levels.join(), continued, newBytes: newBytes.join(), notes: notes.join(' ') },
    };
  }

  async function backup(): Promise<CaseResult> {
    const run = await user.run('backup', filesystem.mountPoint);
    const { level, outcome } = lastRecord(run, 'result');
    const facts = { level: String(level), outcome: String(outcome) };
    return { ok: run.code === 0 && level === 'filesystem', facts };
  }
}

function fill(directory: string): void {
  for (let folder = 0; folder < files / 100; folder++) {
    const path = join(directory, String(folder));
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < 100; file++) writeFileSync(join(path, String(file)), randomBytes(fileBytes));
  }
}
