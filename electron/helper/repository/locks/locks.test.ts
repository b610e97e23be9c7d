import { afterEach, describe, expect, it } from 'vitest';
import { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { initRepository, openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { ControlledEnvironment } from '../testing/controlled-environment.ts';
import { diskError, type FaultyBackend, faulty } from '../testing/faulty.ts';
import { testOptions } from '../testing/memory-repository.ts';
import type { HeldLock } from './held-lock.ts';
import { lockTiming } from './locks.ts';

const minute = 60_000;

interface Actor {
  readonly environment: ControlledEnvironment;
  readonly repository: Repository;
  readonly backend: FaultyBackend;
}

describe('locks', () => {
  const store = new MemoryBackend();
  let held: HeldLock[] = [];

  afterEach(async () => {
    for (const lock of held) await lock.release();
    held = [];
    store.files.clear();
    store.nowMs = Date.now;
  });

  async function actors(count: number, hostname = 'here'): Promise<Actor[]> {
    const first = new ControlledEnvironment(hostname, 1000);
    await initRepository(store, { ...testOptions, environment: first });
    const result: Actor[] = [];
    for (let number = 0; number < count; number += 1) {
      const environment = number === 0 ? first : first.sibling(hostname, 1000 + number);
      const backend = faulty(store);
      const repository = await openRepository(backend, { ...testOptions, environment, lockTiming });
      result.push({ environment, repository, backend });
    }
    return result;
  }

  /** Acquires while the actor's own clock runs for as long as it takes to settle. */
  async function acquire(actor: Actor, options: Parameters<Repository['locks']['acquire']>[0]): Promise<HeldLock> {
    const acquiring = actor.repository.locks.acquire(options);
    acquiring.catch(() => {});
    await actor.environment.pass(lockTiming.settleMs);
    const lock = await acquiring;
    held.push(lock);
    return lock;
  }

  const lockFiles = (): number => [...store.files.keys()].filter((key) => key.startsWith('lock/')).length;

  it('are shared by any number, and gone after release', async () => {
    const [a, b] = (await actors(2)) as [Actor, Actor];
    const first = await acquire(a, { mode: 'shared' });
    await acquire(b, { mode: 'shared' });
    expect((await a.repository.locks.list()).map(({ mode, pid }) => [mode, pid]).sort()).toEqual([
      ['shared', 1000],
      ['shared', 1001],
    ]);
    await first.release();
    await first.release();
    expect(lockFiles()).toBe(1);
    expect(() => first.assertHeld()).toThrow(expect.objectContaining({ kind: 'lock-lost' }));
  });

  it.each([
    ['shared', 'exclusive'],
    ['exclusive', 'shared'],
    ['exclusive', 'exclusive'],
  ] as const)('%s keeps %s out, and says who is in the way', async (mine, theirs) => {
    const [a, b] = (await actors(2)) as [Actor, Actor];
    await acquire(a, { mode: mine });
    await expect(b.repository.locks.acquire({ mode: theirs })).rejects.toMatchObject({
      kind: 'repository-locked',
      message: expect.stringContaining('user on here (process 1000)'),
      retryable: true,
      context: { hostname: 'here', username: 'user', pid: 1000 },
    });
    expect(lockFiles()).toBe(1);
  });

  it('withdraws when another appeared between writing and looking again', async () => {
    const [a, b] = (await actors(2)) as [Actor, Actor];
    const attempts = [a, b].map((actor) => actor.repository.locks.acquire({ mode: 'exclusive' }));
    for (const attempt of attempts) attempt.catch(() => {});
    await Promise.all([a.environment.pass(0), b.environment.pass(0)]);
    expect(lockFiles()).toBe(2);
    await a.environment.pass(lockTiming.settleMs);
    await expect(attempts[0]).rejects.toMatchObject({ kind: 'repository-locked', context: { pid: 1001 } });
    expect(lockFiles()).toBe(1);
    await b.environment.pass(lockTiming.settleMs);
    held.push((await attempts[1]) as HeldLock);
  });

  it('can be waited for: the wait says who holds it and ends with the lock', async () => {
    const [a, b] = (await actors(2)) as [Actor, Actor];
    const lock = await acquire(a, { mode: 'exclusive' });
    const waits: number[] = [];
    const waiting = b.repository.locks.acquire({
      mode: 'shared',
      waitMs: 10 * minute,
      onWait: (holders) => waits.push(...holders.map(({ pid }) => pid)),
    });
    await b.environment.pass(minute);
    expect(waits.length).toBeGreaterThan(10);
    expect(new Set(waits)).toEqual(new Set([1000]));
    await lock.release();
    await b.environment.pass(minute);
    held.push(await waiting);
  });

  it('are not waited for beyond the time given, nor after a cancel', async () => {
    const [a, b] = (await actors(2)) as [Actor, Actor];
    await acquire(a, { mode: 'exclusive' });
    const late = b.repository.locks.acquire({ mode: 'shared', waitMs: minute });
    late.catch(() => {});
    await b.environment.pass(2 * minute);
    await expect(late).rejects.toMatchObject({ kind: 'repository-locked' });
    const cancel = new AbortController();
    const cancelled = b.repository.locks.acquire({ mode: 'shared', waitMs: minute, signal: cancel.signal });
    cancelled.catch(() => {});
    await b.environment.pass(0);
    cancel.abort();
    await expect(cancelled).rejects.toMatchObject({ kind: 'cancelled' });
    expect(lockFiles()).toBe(1);
  });

  it('leave no file when cancelled while settling', async () => {
    const [a] = (await actors(1)) as [Actor];
    const cancel = new AbortController();
    const attempt = a.repository.locks.acquire({ mode: 'shared', signal: cancel.signal });
    attempt.catch(() => {});
    await a.environment.pass(0);
    expect(lockFiles()).toBe(1);
    cancel.abort();
    await expect(attempt).rejects.toMatchObject({ kind: 'cancelled' });
    expect(lockFiles()).toBe(0);
  });

  it('stay fresh as long as they are held', async () => {
    const [a, b] = (await actors(2)) as [Actor, Actor];
    const lock = await acquire(a, { mode: 'exclusive' });
    const first = [...store.files.keys()].find((key) => key.startsWith('lock/'));
    for (let passed = 0; passed < 180; passed += 1) await a.environment.pass(minute);
    b.environment.suspend(180 * minute);
    expect(lockFiles()).toBe(1);
    expect([...store.files.keys()]).not.toContain(first);
    expect(lock.lost.aborted).toBe(false);
    await expect(b.repository.locks.acquire({ mode: 'shared' })).rejects.toMatchObject({ kind: 'repository-locked' });
  });

  it('count no longer after thirty minutes without a refresh, or when their process is gone', async () => {
    const [a, b] = (await actors(2)) as [Actor, Actor];
    await acquire(a, { mode: 'exclusive' });
    b.environment.suspend(29 * minute);
    await expect(b.repository.locks.acquire({ mode: 'shared' })).rejects.toMatchObject({ kind: 'repository-locked' });
    b.environment.suspend(2 * minute);
    const atPlace = Date.now() + 31 * minute;
    store.nowMs = () => atPlace;
    await acquire(b, { mode: 'shared' });
    expect(lockFiles()).toBe(1);
    const c = { ...b, environment: b.environment };
    c.environment.dead.add(1001);
    expect((await c.repository.locks.list()).map(({ stale }) => stale)).toEqual([true]);
    expect(await c.repository.locks.removeGone()).toBe(1);
  });

  it('of a dead process on another machine count until they are old', async () => {
    const [a] = (await actors(1, 'elsewhere')) as [Actor];
    await acquire(a, { mode: 'exclusive' });
    const environment = a.environment.sibling('here', 5);
    environment.dead.add(1000);
    const repository = await openRepository(store, { ...testOptions, environment, lockTiming });
    await expect(repository.locks.acquire({ mode: 'shared' })).rejects.toMatchObject({ kind: 'repository-locked' });
  });

  it.each([
    ['ours is ahead', 180, 0],
    ['theirs is behind', 0, -180],
  ])('that are refreshed count whatever clock is wrong: %s', async (_which, ours, theirs) => {
    const [a] = (await actors(1, 'elsewhere')) as [Actor];
    a.environment.suspend(theirs * minute);
    await acquire(a, { mode: 'shared' });
    const lockFile = [...store.files.keys()].find((key) => key.startsWith('lock/'));
    const environment = a.environment.sibling('here', 5);
    environment.suspend((ours - theirs) * minute);
    const repository = await openRepository(store, { ...testOptions, environment, lockTiming });
    const b = { environment, repository, backend: faulty(store) };
    await expect(acquire(b, { mode: 'exclusive' })).rejects.toMatchObject({
      kind: 'repository-locked',
      context: { hostname: 'elsewhere' },
    });
    expect([...store.files.keys()].filter((key) => key.startsWith('lock/'))).toEqual([lockFile]);
    // And not for ever: the place knows how long it was not refreshed.
    const later = Date.now() + 31 * minute;
    store.nowMs = () => later;
    await acquire(b, { mode: 'exclusive' });
    expect(lockFiles()).toBe(1);
  });

  it('are lost when somebody removed their file, which is seen before anything is deleted or published', async () => {
    const [a] = (await actors(1)) as [Actor];
    const lock = await acquire(a, { mode: 'exclusive' });
    await lock.verifyHeld();
    for (const key of store.files.keys()) if (key.startsWith('lock/')) store.files.delete(key);
    expect(() => lock.assertHeld()).not.toThrow();
    await expect(lock.verifyHeld()).rejects.toMatchObject({ kind: 'lock-lost' });
    expect(lock.lost.reason).toMatchObject({ kind: 'lock-lost' });
  });

  it('are not taken for lost while they are being refreshed', async () => {
    const [a] = (await actors(1)) as [Actor];
    const lock = await acquire(a, { mode: 'exclusive' });
    a.backend
      .on('stat', 'lock')
      .nth(1)
      .calls(() => a.environment.pass(6 * minute));
    await lock.verifyHeld();
    expect(lock.lost.aborted).toBe(false);
  });

  it('are lost when their file is gone at a refresh', async () => {
    const [a] = (await actors(1)) as [Actor];
    const lock = await acquire(a, { mode: 'shared' });
    for (const key of store.files.keys()) if (key.startsWith('lock/')) store.files.delete(key);
    await a.environment.pass(6 * minute);
    expect(lock.lost.reason).toMatchObject({ kind: 'lock-lost' });
    expect(() => lock.assertHeld()).toThrow(expect.objectContaining({ kind: 'lock-lost' }));
  });

  it('survive failing refreshes for a while, and are lost after that', async () => {
    const [a] = (await actors(1)) as [Actor];
    const lock = await acquire(a, { mode: 'shared' });
    a.backend.on('save', 'lock').every().fails(diskError());
    await a.environment.pass(15 * minute);
    expect(lock.lost.aborted).toBe(false);
    a.backend.heal();
    await a.environment.pass(minute);
    a.backend.on('save', 'lock').every().fails(diskError());
    await a.environment.pass(15 * minute);
    expect(lock.lost.aborted).toBe(false);
    await a.environment.pass(10 * minute);
    expect(lock.lost.reason).toMatchObject({ kind: 'lock-lost' });
  });

  it('are lost after a long sleep of the machine, before anything more is done', async () => {
    const [a] = (await actors(1)) as [Actor];
    const lock = await acquire(a, { mode: 'shared' });
    a.environment.suspend(25 * minute);
    expect(() => lock.assertHeld()).toThrow(expect.objectContaining({ kind: 'lock-lost' }));
    expect(lock.lost.aborted).toBe(true);
  });

  it('leave nothing behind when an old file could not be removed at a refresh', async () => {
    const [a] = (await actors(1)) as [Actor];
    const lock = await acquire(a, { mode: 'shared' });
    a.backend.on('remove', 'lock').nth(1).fails(diskError());
    await a.environment.pass(7 * minute);
    expect(lock.lost.aborted).toBe(false);
    await lock.release();
    expect(lockFiles()).toBe(0);
  });

  it('are seen even when they are refreshed between list and read', async () => {
    const [a, b] = (await actors(2)) as [Actor, Actor];
    await acquire(a, { mode: 'exclusive' });
    b.backend
      .on('load', 'lock')
      .nth(1)
      .calls(() => a.environment.pass(6 * minute));
    await expect(b.repository.locks.acquire({ mode: 'shared' })).rejects.toMatchObject({ kind: 'repository-locked' });
  });

  it('that cannot be read keep others out', async () => {
    const [a] = (await actors(1)) as [Actor];
    store.files.set(`lock/${'0'.repeat(64)}`, Buffer.from('garbage'));
    await expect(a.repository.locks.acquire({ mode: 'shared' })).rejects.toMatchObject({ kind: 'repository-locked' });
  });

  it('are released when the work under them fails', async () => {
    const [a] = (await actors(1)) as [Actor];
    const work = a.repository.locks.withLock({ mode: 'shared' }, async () => {
      expect(lockFiles()).toBe(1);
      throw new Error('work failed');
    });
    work.catch(() => {});
    await a.environment.pass(lockTiming.settleMs);
    await expect(work).rejects.toThrow('work failed');
    expect(lockFiles()).toBe(0);
  });
});
