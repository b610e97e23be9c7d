import { expect, it } from 'vitest';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { initRepository, openRepository } from '../open.ts';
import { ControlledEnvironment } from '../testing/controlled-environment.ts';
import { faulty } from '../testing/faulty.ts';
import { testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import type { HeldLock, LockMode } from './held-lock.ts';
import { lockTiming } from './locks.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('a place where every file is seen at once needs no wait: the clock stands still and the lock is there', async () => {
  const environment = new ControlledEnvironment();
  const store = Object.assign(new MemoryBackend(), { seesAtOnce: () => true });
  const repository = await initRepository(store, { ...testOptions, environment, lockTiming });
  const lock = await repository.locks.acquire({ mode: 'shared' });
  lock.assertHeld();
  await lock.release();
});

it('is asked for every lock, because what is mounted there may change', async () => {
  const environment = new ControlledEnvironment();
  let isLate = false;
  const store = Object.assign(new MemoryBackend(), { seesAtOnce: () => !isLate });
  const repository = await initRepository(store, { ...testOptions, environment, lockTiming });
  await (await repository.locks.acquire({ mode: 'shared' })).release();
  isLate = true;
  const acquiring = repository.locks.acquire({ mode: 'shared' });
  await environment.pass(lockTiming.settleMs - 1);
  expect(await Promise.race([acquiring.then(() => 'held'), turn().then(() => 'waiting')])).toBe('waiting');
  await environment.pass(1);
  await (await acquiring).release();
});

it('keeps out whoever must be kept out, however two programs’ steps fall between each other', async () => {
  let both = 0;
  let one = 0;
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = new SeededRandom(seed);
    const store = Object.assign(new MemoryBackend(), { seesAtOnce: () => true });
    await initRepository(store, testOptions);
    const attempt = async (pid: number, mode: LockMode): Promise<HeldLock | null> => {
      const backend = faulty(store);
      const environment = new ControlledEnvironment('here', pid);
      const repository = await openRepository(backend, { ...testOptions, environment, lockTiming });
      const pause = async (): Promise<void> => {
        for (let turns = random.int(4); turns > 0; turns -= 1) await turn();
      };
      for (const operation of ['list', 'load', 'save'] as const) backend.on(operation, 'lock').every().calls(pause);
      try {
        return await repository.locks.acquire({ mode });
      } catch (error) {
        if (isStillpointError(error, 'repository-locked')) return null;
        throw error;
      }
    };
    const mode = seed % 2 === 0 ? 'shared' : 'exclusive';
    const locks = (await Promise.all([attempt(1000, mode), attempt(1001, 'exclusive')])).filter(
      (lock) => lock !== null,
    );
    if (locks.length === 2) both += 1;
    if (locks.length === 1) one += 1;
    for (const lock of locks) await lock.release();
  }
  expect(both).toBe(0);
  expect(one).toBeGreaterThan(50);
});
