import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { StillpointError } from '../../../../../shared/errors/index.ts';
import { sha256 } from '../../crypto/hash.ts';
import { backendConformance } from '../../testing/backend-conformance.ts';
import { faulty } from '../../testing/faulty.ts';
import { type Backend, describeFile, type FileRef } from '../contract.ts';
import { MemoryBackend } from '../memory/memory-backend.ts';
import { around } from './around.ts';
import { atMost } from './at-most.ts';
import { cancellable } from './cancel.ts';
import { rateLimited } from './rate-limit.ts';
import { type RetrySurroundings, retrying } from './retry.ts';
import { timingOut } from './timeout.ts';
import { TokenBucket } from './token-bucket.ts';
import { transientError } from './transient.ts';
import { readingWhole } from './whole.ts';

const bytes = Buffer.from('what a pack holds');
const pack: FileRef = { kind: 'pack', name: sha256(bytes) };
const cut = (retryAfterMs?: number) => transientError({ message: 'Cut.', guidance: '', retryAfterMs });

/** A clock that only waiting moves. */
function stillClock(): RetrySurroundings & { readonly waits: number[] } {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    nowMs: () => now,
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms);
      now += ms;
    },
  };
}

const policy = { firstDelayMs: 100, longestDelayMs: 1_000, giveUpAfterMs: 5_000, lingersMs: 60_000 };

backendConformance('a place behind every decorator', async () => {
  const inner = new MemoryBackend();
  const buckets = { nowMs: () => performance.now(), sleep: (ms: number) => sleep(ms) };
  const unlimited = new TokenBucket(() => null, buckets);
  const limited = rateLimited(timingOut(inner, 10_000), { upload: unlimited, download: unlimited });
  const backend = cancellable(readingWhole(retrying(atMost(limited, 4), policy)));
  return { backend, other: inner, dispose: async () => {} };
});

describe('a digest', () => {
  it('is asked of the place behind, where that has one, and ends with the call', async () => {
    const place = new MemoryBackend();
    expect(cancellable(place).digest).toBeUndefined();
    const asked: FileRef[] = [];
    const digest = async (file: FileRef, options?: { readonly signal?: AbortSignal | undefined }): Promise<string> => {
      asked.push(file);
      return new Promise((_, reject) =>
        options?.signal?.addEventListener('abort', () => reject(new Error('it heard'))),
      );
    };
    const stop = new AbortController();
    const asking = cancellable(Object.assign(place, { digest }), stop.signal).digest?.(pack);
    stop.abort();
    await expect(asking).rejects.toMatchObject({ kind: 'cancelled' });
    expect(asked).toEqual([pack]);
  });
});

describe('retrying', () => {
  it('comes back later each time, and at once tells what no retry helps', async () => {
    const clock = stillClock();
    const inner = faulty(new MemoryBackend());
    for (let count = 0; count < 3; count += 1) inner.on('save', 'pack').nth(1).fails(cut());
    await retrying(inner, policy, clock).save(pack, bytes);
    expect(clock.waits).toEqual([75, 150, 300]);
    const full = new StillpointError({ kind: 'repository-full', message: 'Full.', guidance: '', retryable: true });
    inner.on('save', 'index').nth(1).fails(full);
    await expect(retrying(inner, policy, clock).save({ ...pack, kind: 'index' }, bytes)).rejects.toBe(full);
    expect(clock.waits.length).toBe(3);
  });

  it('waits as long as the server asks', async () => {
    const clock = stillClock();
    const inner = faulty(new MemoryBackend());
    inner.on('save', 'pack').nth(1).fails(cut(2_500));
    await retrying(inner, policy, clock).save(pack, bytes);
    expect(clock.waits).toEqual([2_500]);
  });

  it('gives up in time, with what happened last', async () => {
    const clock = stillClock();
    const inner = faulty(new MemoryBackend());
    inner.on('list').every().fails(cut());
    await expect(retrying(inner, policy, clock).list('pack')).rejects.toMatchObject({ kind: 'io', message: 'Cut.' });
    expect(clock.nowMs()).toBeLessThanOrEqual(5_000);
    expect(clock.waits.length).toBeGreaterThan(4);
  });

  /** Does what it is told to once, then says the line was cut. */
  function cutAfter(inner: MemoryBackend, does: () => void): Backend {
    let isFirst = true;
    return around(inner, async ({ operation, options }, run) => {
      if (!isFirst || (operation !== 'save' && operation !== 'remove')) return run(options);
      isFirst = false;
      does();
      throw cut();
    });
  }

  it('sends nothing again that arrived before the line was cut', async () => {
    const inner = new MemoryBackend();
    let saves = 0;
    const cutting = cutAfter(inner, () => void inner.files.set(`pack/${pack.name}`, Buffer.from(bytes)));
    const counting = around(cutting, ({ operation, options }, run) => {
      if (operation === 'save') saves += 1;
      return run(options);
    });
    await retrying(counting, policy, stillClock()).save(pack, bytes);
    expect(saves).toBe(1);
  });

  it('replaces what a server kept half of', async () => {
    const inner = new MemoryBackend();
    const half = Buffer.from(bytes.subarray(0, 5));
    await retrying(
      cutAfter(inner, () => void inner.files.set(`pack/${pack.name}`, half)),
      policy,
      stillClock(),
    ).save(pack, bytes);
    expect((await inner.load(pack))?.equals(bytes)).toBe(true);
  });

  it('sends nothing anew while the server may still remove what it got before', async () => {
    const inner = new MemoryBackend();
    const clock = stillClock();
    const half = Buffer.from(bytes.subarray(0, 5));
    const cutting = cutAfter(inner, () => void inner.files.set(`pack/${pack.name}`, half));
    // It notices after a while that nobody sends any more, and removes by its name what it has.
    const sleeping = {
      ...clock,
      sleep: async (ms: number) => {
        await clock.sleep(ms);
        if (clock.nowMs() > 20_000 && clock.nowMs() - ms <= 20_000) inner.files.delete(`pack/${pack.name}`);
      },
    };
    await retrying(cutting, policy, sleeping).save(pack, bytes);
    expect(clock.nowMs()).toBeGreaterThan(20_000);
    expect(clock.nowMs()).toBeLessThan(30_000);
    await sleeping.sleep(60_000);
    expect((await inner.load(pack))?.equals(bytes)).toBe(true);
  });

  it('does not take the configuration of somebody else for its own', async () => {
    const inner = new MemoryBackend();
    const theirs = cutAfter(inner, () => void inner.files.set('config', Buffer.from('theirs')));
    const save = retrying(theirs, policy, stillClock()).save({ kind: 'config' }, Buffer.from('ours!!'));
    await expect(save).rejects.toMatchObject({ kind: 'repository-exists' });
    const ours = cutAfter(new MemoryBackend(), () => {});
    await retrying(ours, policy, stillClock()).save({ kind: 'config' }, Buffer.from('ours'));
  });

  it('has removed what is gone at the second try', async () => {
    const inner = new MemoryBackend();
    await inner.save(pack, bytes);
    const cutting = cutAfter(inner, () => void inner.files.clear());
    expect(await retrying(cutting, policy, stillClock()).remove(pack)).toBe(true);
  });
});

describe('timing out', () => {
  it('ends a silent call, and lets a slow one go on as long as something moves', async () => {
    const inner = new MemoryBackend();
    const slow = around(inner, async ({ options }, run) => {
      for (let count = 0; count < 6; count += 1) {
        await sleep(40);
        await options.pace?.(1);
      }
      return run(options);
    });
    await timingOut(slow, 150).save(pack, bytes);
    const silent = around(inner, () => new Promise<never>(() => {}));
    await expect(timingOut(silent, 50).load(pack)).rejects.toMatchObject({ kind: 'io', context: { transient: true } });
  });

  it('does not take waiting for a limit for silence', async () => {
    const asking = around(new MemoryBackend(), async ({ options }, run) => {
      await options.pace?.(1);
      return run(options);
    });
    await timingOut(asking, 50).save(pack, bytes, { pace: () => sleep(150) });
  });
});

describe('cancelling', () => {
  it('ends what does not notice, at once and with the reason', async () => {
    const stuck = around(new MemoryBackend(), () => new Promise<never>(() => {}));
    const controller = new AbortController();
    const load = cancellable(stuck, controller.signal).load(pack);
    controller.abort();
    await expect(load).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('ends the wait of a retry', async () => {
    const inner = faulty(new MemoryBackend());
    inner.on('list').every().fails(cut(60_000));
    const controller = new AbortController();
    const list = cancellable(retrying(inner), controller.signal).list('pack');
    setTimeout(() => controller.abort(), 20);
    await expect(list).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

describe('a limit', () => {
  it('lets bytes pass at its rate, and changes with the hour', async () => {
    let now = 0;
    let rate: number | null = 1_000;
    const surroundings = {
      nowMs: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    const bucket = new TokenBucket(() => rate, surroundings);
    for (let count = 0; count < 10; count += 1) await bucket.take(1_000);
    expect(now).toBeGreaterThanOrEqual(8_900);
    expect(now).toBeLessThanOrEqual(9_100);
    rate = null;
    await bucket.take(1_000_000);
    expect(now).toBeLessThanOrEqual(10_100);
  });

  it('counts what a backend moves without asking', async () => {
    const taken: number[] = [];
    const bucket = new TokenBucket(() => null, stillClock());
    const counting = Object.assign(Object.create(bucket), { take: async (count: number) => void taken.push(count) });
    const backend = rateLimited(new MemoryBackend(), { upload: counting, download: counting });
    await backend.save(pack, bytes);
    await backend.load(pack);
    expect(taken).toEqual([bytes.length, bytes.length]);
  });
});

describe('a decorator', () => {
  it('lets a place tell hashes that tells them, without counting them as moved, and no other', async () => {
    const taken: number[] = [];
    const bucket = new TokenBucket(() => null, stillClock());
    const counting = Object.assign(Object.create(bucket), { take: async (count: number) => void taken.push(count) });
    const buckets = { upload: counting, download: counting };
    const inner = new MemoryBackend();
    expect(rateLimited(inner, buckets).digest).toBeUndefined();
    const telling: Backend = Object.assign(Object.create(inner), { digest: async () => pack.name });
    expect(await rateLimited(telling, buckets).digest?.(pack)).toBe(pack.name);
    expect(taken).toEqual([]);
  });

  it('hands on which files need not be listed', async () => {
    const asked: unknown[] = [];
    const inner: Backend = Object.assign(Object.create(new MemoryBackend()), {
      list: async (_: unknown, options: unknown) => {
        asked.push(options);
        return [];
      },
    });
    const besides = (): boolean => true;
    await timingOut(
      around(inner, ({ options }, run) => run(options)),
      1_000,
    ).list('pack', { besides });
    expect(asked).toEqual([expect.objectContaining({ besides })]);
  });
});

describe('at most so many', () => {
  it('calls are under way', async () => {
    let now = 0;
    let most = 0;
    const counting = around(new MemoryBackend(), async ({ options }, run) => {
      now += 1;
      most = Math.max(most, now);
      await sleep(5);
      now -= 1;
      return run(options);
    });
    const backend = atMost(counting, 3);
    await Promise.all(Array.from({ length: 12 }, () => backend.list('pack')));
    expect(most).toBe(3);
  });
});

describe('reading whole', () => {
  it('reads again what was changed on its way, and gives back what is damaged where it is', async () => {
    const inner = faulty(new MemoryBackend());
    await inner.save(pack, bytes);
    inner.on('load', 'pack').nth(1).truncatesTo(3);
    inner.on('load', 'pack').nth(2).flipsByte(0);
    const differed: string[] = [];
    const backend = readingWhole(inner, (what) => differed.push(what));
    expect((await backend.load(pack))?.equals(bytes)).toBe(true);
    expect(differed).toEqual([describeFile(pack), describeFile(pack)]);
    inner.on('load', 'pack').every().flipsByte(0);
    expect((await backend.load(pack))?.equals(bytes)).toBe(false);
  });
});
