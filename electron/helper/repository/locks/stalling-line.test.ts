import { describe, expect, it } from 'vitest';
import { type Around, around } from '../backend/decorators/around.ts';
import { atMost } from '../backend/decorators/at-most.ts';
import { type RetrySurroundings, retrying } from '../backend/decorators/retry.ts';
import { transientError } from '../backend/decorators/transient.ts';
import { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { initRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { ControlledEnvironment } from '../testing/controlled-environment.ts';
import { testOptions } from '../testing/memory-repository.ts';
import { file, storeSnapshot } from '../testing/tree-literal.ts';
import type { HeldLock } from './held-lock.ts';
import { lockTiming } from './locks.ts';

const minute = 60_000;
const never = <Result>(): Promise<Result> => new Promise<never>(() => {});

interface Scene {
  readonly store: MemoryBackend;
  readonly environment: ControlledEnvironment;
  readonly repository: Repository;
  readonly lock: HeldLock;
}

/** A lock at a place behind `line`, which does nothing before the lock is held. */
async function scene(line: Around, behind = atMost): Promise<Scene> {
  const store = Object.assign(new MemoryBackend(), { seesAtOnce: () => true });
  const environment = new ControlledEnvironment();
  let isHeld = false;
  const stalling = around(store, (call, run) => (isHeld ? line(call, run) : run(call.options)));
  const options = { ...testOptions, environment, lockTiming };
  const repository = await initRepository(behind(stalling, 8), options);
  await storeSnapshot(repository, { a: file('a') });
  const lock = await repository.locks.acquire({ mode: 'shared' });
  isHeld = true;
  return { store, environment, repository, lock };
}

const packsStall: Around = (call, run) => (call.file?.kind === 'pack' ? never() : run(call.options));
const locksStall: Around = (call, run) =>
  call.operation === 'save' && call.file?.kind === 'lock' ? never() : run(call.options);

describe('a lock on a line that stalls', () => {
  it('is refreshed while more packs stand still than calls may be under way', async () => {
    const { environment, repository, lock } = await scene(packsStall);
    for (let count = 0; count < 20; count += 1)
      void repository.backend.load({ kind: 'pack', name: `${count}`.padStart(64, '0') });
    for (let passed = 0; passed < 120; passed += 1) await environment.pass(minute);
    expect(lock.lost.aborted).toBe(false);
    await lock.verifyHeld();
    await lock.release();
    expect(await repository.locks.list()).toEqual([]);
  });

  it('is known to be lost while its refresh hangs, before anything is published, and holds up nobody who lets go', async () => {
    const { environment, repository, lock } = await scene(locksStall);
    const [known] = (await repository.snapshots.list()).snapshots;
    if (known === undefined) throw new Error('no snapshot');
    await environment.pass(20 * minute);
    expect(lock.lost.aborted).toBe(false);
    await environment.pass(3 * minute);
    // Whoever waits for something else is told as well.
    expect(lock.lost.reason).toMatchObject({ kind: 'lock-lost' });
    await expect(repository.snapshots.rewriteTags(lock, known.id, () => ['new'])).rejects.toMatchObject({
      kind: 'lock-lost',
    });
    expect((await repository.snapshots.list()).snapshots).toEqual([known]);
    const released = lock.release();
    await environment.pass(minute);
    await released;
  });

  it('lost while a snapshot is on its way ends that, and it is not sent again', async () => {
    let sent = 0;
    const waiting: (() => void)[] = [];
    const cut: Around = (call, run) => {
      if (call.operation !== 'save' || (call.file?.kind !== 'snapshot' && call.file?.kind !== 'lock'))
        return run(call.options);
      if (call.file.kind === 'snapshot') sent += 1;
      return Promise.reject(transientError({ message: 'Cut.', guidance: '' }));
    };
    const surroundings: RetrySurroundings = {
      nowMs: () => 0,
      random: () => 0.5,
      sleep: (_, signal) =>
        new Promise((resolve, reject) => {
          waiting.push(resolve);
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        }),
    };
    const { environment, repository, lock, store } = await scene(cut, (inner) =>
      retrying(inner, { firstDelayMs: 1, longestDelayMs: 1, giveUpAfterMs: 1e9, lingersMs: 1 }, surroundings),
    );
    const [known] = (await repository.snapshots.list()).snapshots;
    if (known === undefined) throw new Error('no snapshot');
    const publishing = repository.snapshots.rewriteTags(lock, known.id, () => ['new']);
    publishing.catch(() => {});
    await environment.pass(0);
    expect(sent).toBe(1);
    for (const again of waiting.splice(0)) again();
    await environment.pass(minute);
    expect(sent).toBe(2);
    for (let passed = 0; passed < 25; passed += 1) await environment.pass(minute);
    await expect(publishing).rejects.toMatchObject({ kind: 'lock-lost' });
    for (const again of waiting.splice(0)) again();
    await environment.pass(minute);
    expect(sent).toBe(2);
    expect([...store.files.keys()].filter((key) => key.startsWith('snapshot/'))).toEqual([`snapshot/${known.id}`]);
  });
});
