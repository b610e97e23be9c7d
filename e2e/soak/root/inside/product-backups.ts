import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  checkPrefix,
  type OrderedWriter,
  type WriterPlan,
} from '../../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import type { Evidence } from '../../../../shared/domain/evidence.ts';
import type { FreezeTrial } from '../../../../shared/domain/freeze-trial.ts';
import type { RepositoryId } from '../../../../shared/domain/ids.ts';
import { defaultPolicy } from '../../../../shared/domain/policy.ts';
import type { RunResult } from '../../../../shared/domain/run.ts';
import { filesystemSpec } from '../../../../shared/domain/source.ts';
import type { BackupCase, RootVerdict } from '../case.ts';
import { HelperSession } from './helper-session.ts';
import { signal } from './processes.ts';

export interface BackupPlace {
  /** `helper/index.ts`, with the guard where the helper looks for it. */
  readonly program: string;
  readonly folder: string;
  readonly plan: WriterPlan;
  readonly writer: OrderedWriter;
}

const password = 'not a secret';
const passwordFile = '/run/soak/password';
const repository = '/srv/repository';
const restored = '/run/soak/restored';
/** Backups of a folder on the root into a repository on the same root, by the product. */
export class ProductBackups {
  readonly #place: BackupPlace;
  #session: HelperSession | undefined;
  #ids: { readonly sourceId: string; readonly repositoryId: string } | undefined;
  #trial: FreezeTrial | undefined;

  constructor(place: BackupPlace) {
    this.#place = place;
  }

  async play({ killAfterMs }: BackupCase): Promise<RootVerdict> {
    const { session, sourceId, repositoryId } = await this.#ready();
    const { writer } = this.#place;
    const stepsBefore = writer.stepsSoFar();
    const startedAt = performance.now();
    const notes: string[] = [];
    const asked = session.ask<RunResult>(
      'backup.run',
      { sourceId, runId: randomBytes(16).toString('hex'), askedAt: new Date().toISOString() },
      (event) => {
        if (event.type === 'note') notes.push(String(event.text));
      },
    );
    if (killAfterMs !== null) {
      await Promise.race([sleep(killAfterMs), asked.catch(() => {})]);
      signal(session.pid, 'SIGKILL');
      this.#session = undefined;
      const end = await asked.catch((error: Error) => error.message);
      const goesOn = await advances(writer, writer.stepsSoFar());
      return {
        faults: goesOn ? [] : ['the ordered writer does not go on'],
        facts: { killAfterMs, end: String(end).slice(0, 80) },
      };
    }
    const result = await asked;
    const tookMs = Math.round(performance.now() - startedAt);
    const faults: string[] = [];
    if (result.snapshotId === null)
      return { faults: [`no snapshot: ${result.summary} ${result.error?.message ?? ''}`], facts: {} };
    const { evidence } = await session.ask<{ evidence: Evidence | null }>('snapshots.evidence', {
      repositoryId,
      snapshotId: result.snapshotId,
    });
    const verdict = this.#restoreAndCheck(result.snapshotId);
    const isHeld = result.level === 'filesystem';
    if (isHeld && !verdict.isPrefix) faults.push(`called held still, and is no prefix: ${verdict.problems[0] ?? ''}`);
    if (isHeld && verdict.step < stepsBefore) faults.push(`of step ${verdict.step}, and ${stepsBefore} was complete`);
    if (!(await advances(writer, writer.stepsSoFar()))) faults.push('the ordered writer does not go on');
    return {
      faults,
      facts: {
        ...{ level: result.level ?? '', method: evidence?.method ?? '', stallMs: result.stallMs ?? -1, tookMs },
        ...{ isPrefix: verdict.isPrefix, step: verdict.step, trial: this.#trial?.outcome ?? '' },
        trialStalls: (this.#trial?.stallsMs ?? []).map((ms) => ms.toFixed(0)).join(' '),
        // Why it was not held at once, or at all: what is said to the user.
        ...(notes.length > 0 ? { notes: notes.join(' | ') } : {}),
        ...(isHeld ? {} : { whyNotStronger: evidence?.whyNotStronger.join(' | ') ?? '' }),
        retries: evidence?.tracking?.retries.join(' | ') ?? '',
        passes: evidence?.tracking?.passes.map(({ files, bytes }) => `${files}/${bytes}`).join(' ') ?? '',
      },
    };
  }

  #restoreAndCheck(snapshotId: string): ReturnType<typeof checkPrefix> {
    rmSync(restored, { recursive: true, force: true });
    const args = [
      '-q',
      '-r',
      repository,
      '--password-file',
      passwordFile,
      '--no-cache',
      'restore',
      snapshotId,
      '--target',
      restored,
    ];
    const { status, stderr } = spawnSync('restic', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`restic restore: ${stderr}`);
    return checkPrefix(`${restored}${this.#place.folder}`, this.#place.plan);
  }

  async #ready(): Promise<{ session: HelperSession; sourceId: string; repositoryId: string }> {
    const known = this.#session?.hasEnded === false ? this.#session : undefined;
    const session = known ?? new HelperSession(this.#place.program);
    const isNew = known === undefined;
    this.#session = session;
    this.#ids ??= await this.#register(session);
    if (isNew) await session.ask('repositories.unlock', { id: this.#ids.repositoryId, password });
    return { session, ...this.#ids };
  }

  async #register(session: HelperSession): Promise<{ sourceId: string; repositoryId: string }> {
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    if (!existsSync(repository)) mkdirSync(repository);
    const location = { kind: 'local', path: repository };
    const made = await session.ask<{ id: string }>('repositories.create', { name: 'on the root', location, password });
    const policy = defaultPolicy(made.id as RepositoryId, 'filesystem');
    const spec = filesystemSpec(this.#place.folder);
    const source = await session.ask<{ id: string }>('sources.add', { name: 'ordered', spec, policy });
    const state = await session.ask<{ concerns: boolean; isNeeded: boolean; obstacles: readonly string[] }>(
      'freeze.trialState',
      { sourceId: source.id },
    );
    if (!state.concerns || !state.isNeeded) throw new Error(`no trial is asked for: ${JSON.stringify(state)}`);
    await this.#cancelTrial(session, source.id);
    // Where everything is emulated it may well fail: backups are then live, and called so.
    this.#trial = await session.ask<FreezeTrial>('freeze.trial', { sourceId: source.id });
    return { sourceId: source.id, repositoryId: made.id };
  }

  /** "Test now", and then not after all: nothing is held, and it is asked for again. */
  async #cancelTrial(session: HelperSession, sourceId: string): Promise<void> {
    const asked = session.ask<FreezeTrial>('freeze.trial', { sourceId }, () => {}, { cancelAfterMs: 0 });
    const end = await asked.then(
      ({ outcome }) => `it ${outcome}`,
      (error: Error) => error.message,
    );
    if (!end.startsWith('freeze.trial: cancelled')) throw new Error(`a trial that was cancelled: ${end}`);
    const { isNeeded, last } = await session.ask<{ isNeeded: boolean; last: unknown }>('freeze.trialState', {
      sourceId,
    });
    if (!isNeeded || last !== null) throw new Error(`a trial that was cancelled left ${JSON.stringify(last)}`);
  }
}

async function advances(writer: OrderedWriter, from: number): Promise<boolean> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; await sleep(20))
    if (writer.stepsSoFar() > from) return true;
  return false;
}
