import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { sha256 } from '../crypto/hash.ts';
import type { RepositoryWriter } from '../index.ts';
import { initRepository, openRepository } from '../open.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { ControlledEnvironment } from '../testing/controlled-environment.ts';
import { diskError, diskFull, faulty } from '../testing/faulty.ts';
import { memoryRepository, testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { withWriter } from '../testing/with-writer.ts';

const random = new SeededRandom(22);
const kib = 1024;

describe('a run that fails', () => {
  it('leaves the packs it finished to the next run', async () => {
    const inner = new MemoryBackend();
    const backend = faulty(inner);
    const repository = await initRepository(backend, { ...testOptions, packTarget: 100 * kib });
    const files = Array.from({ length: 10 }, () => random.bytes(60 * kib));
    backend.on('save', 'pack').nth(3).fails(diskFull());
    const run = withWriter(repository, async (writer) => {
      for (const content of files) await writer.saveBlob('data', content);
    });
    await expect(run).rejects.toMatchObject({ kind: 'repository-full' });
    expect((await inner.list('lock')).length).toBe(0);
    const again = await openRepository(inner, testOptions);
    await again.loadIndex();
    const stored = files.filter((content) => again.hasBlob('data', sha256(content) as BlobId));
    expect(stored.length).toBe(4);
    await assertHealthy(again);
  });

  it('is left by a cancel in the same way, and soon', async () => {
    const inner = new MemoryBackend();
    const backend = faulty(inner);
    const repository = await initRepository(backend, { ...testOptions, packTarget: 100 * kib });
    const cancel = new AbortController();
    backend
      .on('save', 'pack')
      .nth(2)
      .calls(() => cancel.abort());
    const run = repository.locks.withLock({ mode: 'shared' }, (lock) =>
      repository.withWriter(lock, { signal: cancel.signal }, async (writer) => {
        for (;;) await writer.saveBlob('data', random.bytes(60 * kib));
      }),
    );
    await expect(run).rejects.toMatchObject({ kind: 'cancelled' });
    const again = await openRepository(inner, testOptions);
    await again.loadIndex();
    expect(again.indexed).toEqual({ blobs: 4, packs: 2 });
    await assertHealthy(again);
  });

  it('is not called verified when the index that lists its packs does not read back', async () => {
    const backend = faulty(new MemoryBackend());
    const repository = await initRepository(backend, testOptions);
    const run = withWriter(repository, async (writer) => {
      await writer.saveBlob('data', random.bytes(kib));
      await writer.flush();
      backend.on('load', 'index').nth(1).flipsByte(7);
      await writer.verifyPacks();
    });
    await expect(run).rejects.toMatchObject({ kind: 'pack-verification-failed' });
  });

  it('lists what it stored every few seconds, so that a crash loses little', async () => {
    const backend = new MemoryBackend();
    const environment = new ControlledEnvironment();
    const repository = await initRepository(backend, { ...testOptions, packTarget: 100 * kib, environment });
    const lock = repository.locks.acquire({ mode: 'shared' });
    await environment.pass(60_000);
    await repository.withWriter(await lock, {}, async (writer) => {
      const store = async (packs: number): Promise<void> => {
        for (let blob = 0; blob < 2 * packs; blob++) await writer.saveBlob('data', random.bytes(60 * kib));
      };
      await store(6);
      expect(await backend.list('index')).toHaveLength(0);
      await environment.pass(10_000);
      await store(1);
      expect(await backend.list('index')).toHaveLength(1);
      await store(6);
      expect(await backend.list('index')).toHaveLength(1);
    });
    await (await lock).release();
    await assertHealthy(repository);
  });

  it('fails for good: nothing can be saved after a pack was lost', async () => {
    const backend = faulty(new MemoryBackend());
    const repository = await initRepository(backend, testOptions);
    backend.on('save', 'pack').nth(1).fails(diskError());
    const run = withWriter(repository, async (writer) => {
      await writer.saveBlob('data', Buffer.from('lost'));
      await writer.flush().catch(() => {});
      await expect(writer.saveBlob('data', Buffer.from('more'))).rejects.toMatchObject({ kind: 'io' });
    });
    await expect(run).rejects.toMatchObject({ kind: 'io' });
    expect(await backend.list('index')).toEqual([]);
  });

  it('does not end well when its index cannot be written', async () => {
    const backend = faulty(new MemoryBackend());
    const repository = await initRepository(backend, testOptions);
    backend.on('save', 'index').every().fails(diskFull());
    const run = withWriter(repository, (writer) => writer.saveBlob('data', Buffer.from('x')));
    await expect(run).rejects.toMatchObject({ kind: 'repository-full' });
    expect(repository.hasBlob('data', sha256(Buffer.from('x')) as BlobId)).toBe(false);
  });

  it('writes no index once its lock is lost: a prune may have taken its packs', async () => {
    const inner = new MemoryBackend();
    let hours = 0n;
    const environment = fixedEnvironment(() => hours * 3_600_000_000_000n);
    const repository = await initRepository(inner, { ...testOptions, environment, packTarget: 100 * kib });
    const lock = await repository.locks.acquire({ mode: 'shared' });
    const run = repository.withWriter(lock, {}, async (writer) => {
      await writer.saveBlob('data', random.bytes(200 * kib));
      hours = 1n;
      await writer.saveBlob('data', random.bytes(200 * kib));
    });
    await expect(run).rejects.toMatchObject({ kind: 'lock-lost' });
    expect(lock.lost.aborted).toBe(true);
    expect((await inner.list('pack')).length).toBe(1);
    expect(await inner.list('index')).toEqual([]);
    await lock.release();
  });

  it('writes no index when the lock was lost while the last pack was written', async () => {
    const inner = new MemoryBackend();
    const backend = faulty(inner);
    let hours = 0n;
    const environment = fixedEnvironment(() => hours * 3_600_000_000_000n);
    const repository = await initRepository(backend, { ...testOptions, environment });
    const lock = await repository.locks.acquire({ mode: 'shared' });
    backend
      .on('save', 'pack')
      .nth(1)
      .calls(() => {
        hours = 1n;
      });
    const run = repository.withWriter(lock, {}, (writer) => writer.saveBlob('data', random.bytes(kib)));
    await expect(run).rejects.toMatchObject({ kind: 'lock-lost' });
    expect((await inner.list('pack')).length).toBe(1);
    expect(await inner.list('index')).toEqual([]);
    await lock.release();
  });
});

describe('verifying what was written', () => {
  it('passes when everything reads back', async () => {
    const { repository } = await memoryRepository({ packTarget: 100 * kib });
    const verified = await withWriter(repository, async (writer) => {
      for (let count = 0; count < 5; count += 1) await writer.saveBlob('data', random.bytes(60 * kib));
      await writer.verifyPacks();
      return writer.progress;
    });
    expect(verified.packsVerified).toBe(verified.packsWritten);
    expect(verified.packsWritten).toBe(3);
  });

  it('may begin while more is to come, reads no pack twice, and tells at the end what it found', async () => {
    const backend = faulty(new MemoryBackend());
    const repository = await initRepository(backend, { ...testOptions, packTarget: 100 * kib });
    const store = async (writer: RepositoryWriter): Promise<void> => {
      for (let count = 0; count < 5; count += 1) await writer.saveBlob('data', random.bytes(60 * kib));
    };
    await withWriter(repository, async (writer) => {
      await store(writer);
      writer.verifyWritten();
      await store(writer);
      await writer.verifyPacks();
      expect(writer.progress.packsVerified).toBe(writer.progress.packsWritten);
    });
    const count = (operation: string): number => backend.log.filter((entry) => entry === operation).length;
    expect(count('save pack')).toBeGreaterThan(4);
    expect(count('load pack')).toBe(count('save pack'));
    backend.on('save', 'pack').nth(1).flipsByte(50);
    const spoilt = withWriter(repository, async (writer) => {
      await store(writer);
      writer.verifyWritten();
      await writer.verifyPacks();
    });
    await expect(spoilt).rejects.toMatchObject({ kind: 'pack-verification-failed' });
  });

  it('is given up when the run fails meanwhile: nobody waits for what no snapshot will need', async () => {
    const backend = faulty(new MemoryBackend());
    const repository = await initRepository(backend, { ...testOptions, packTarget: 20 * kib });
    const failing = withWriter(repository, async (writer) => {
      for (let count = 0; count < 60; count += 1) await writer.saveBlob('data', random.bytes(30 * kib));
      writer.verifyWritten();
      throw new Error('the last look failed');
    });
    await expect(failing).rejects.toThrow('the last look failed');
    expect(backend.log.filter((entry) => entry === 'save pack')).toHaveLength(60);
    expect(backend.log.filter((entry) => entry === 'load pack').length).toBeLessThan(20);
  });

  it.each([
    ['a changed byte', (backend: ReturnType<typeof faulty>) => backend.on('save', 'pack').nth(1).flipsByte(50)],
    ['a cut end', (backend: ReturnType<typeof faulty>) => backend.on('save', 'pack').nth(1).truncatesTo(10)],
    ['a lost write', (backend: ReturnType<typeof faulty>) => backend.on('save', 'pack').nth(1).isLost()],
    ['a bad read', (backend: ReturnType<typeof faulty>) => backend.on('load', 'pack').nth(1).flipsByte(3)],
  ])('finds %s and names the pack', async (_what, spoil) => {
    const backend = faulty(new MemoryBackend());
    const repository = await initRepository(backend, testOptions);
    spoil(backend);
    const run = withWriter(repository, async (writer) => {
      await writer.saveBlob('data', random.bytes(kib));
      await writer.verifyPacks();
    });
    await expect(run).rejects.toMatchObject({
      kind: 'pack-verification-failed',
      context: { pack: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });
});

describe('the event loop', () => {
  it('is served while much is stored', async () => {
    const { repository } = await memoryRepository();
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    await withWriter(repository, async (writer) => {
      const block = random.bytes(1024 * kib);
      for (let count = 0; count < 60; count += 1) {
        block.writeUInt32LE(count);
        await writer.saveBlob('data', block);
      }
    });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });
});

function fixedEnvironment(offsetNs: () => bigint) {
  const startNs = 1_700_000_000_000_000_000n;
  return {
    hostname: 'machine',
    username: 'user',
    pid: 4242,
    uid: 1000,
    gid: 1000,
    nowNs: () => startNs + offsetNs(),
    sleep: (ms: number, signal?: AbortSignal) =>
      ms === 0
        ? Promise.resolve()
        : new Promise<void>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    isAlive: () => true,
  };
}

describe('settling', () => {
  it('makes everything saved so far durable and listed, and leaves nothing to be written', async () => {
    const backend = faulty(new MemoryBackend());
    const repository = await initRepository(backend, testOptions);
    const content = random.bytes(3 * kib);
    await withWriter(repository, async (writer) => {
      await writer.saveBlob('data', content);
      await writer.settle();
      const other = await openRepository(backend, testOptions);
      expect(await other.loadBlob('data', sha256(content) as BlobId)).toEqual(content);
      backend.log.length = 0;
      await writer.settle();
      for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      expect(backend.log).toEqual([]);
    });
  });

  it('waits for a refresh of the lock that is under way, and none begins while the event loop stands still', async () => {
    const backend = faulty(new MemoryBackend());
    const environment = new ControlledEnvironment();
    const repository = await initRepository(backend, { ...testOptions, environment });
    const acquiring = repository.locks.acquire({ mode: 'shared' });
    await environment.pass(0);
    const lock = await acquiring;
    let goOn = (): void => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const order: string[] = [];
    await repository.withWriter(lock, {}, async (writer) => {
      backend
        .on('save', 'lock')
        .nth(1)
        .calls(() => gate);
      backend
        .on('remove', 'lock')
        .nth(1)
        .calls(() => void order.push('refreshed'));
      await environment.pass(6 * 60_000);
      const settled = writer.settle().then(() => order.push('settled'));
      await environment.pass(0);
      expect(order).toEqual([]);
      goOn();
      await settled;
      expect(order).toEqual(['refreshed', 'settled']);
      backend.log.length = 0;
      environment.suspend(6 * 60_000);
      expect(backend.log).toEqual([]);
    });
    await lock.release();
  });
});
