import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { around } from '../backend/decorators/around.ts';
import { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { sha256 } from '../crypto/hash.ts';
import { processEnvironment } from '../environment.ts';
import { initRepository, openRepository } from '../open.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { ControlledEnvironment } from '../testing/controlled-environment.ts';
import { type FaultyBackend, faulty } from '../testing/faulty.ts';
import { testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { withWriter } from '../testing/with-writer.ts';

const options = { ...testOptions, packTarget: 64 * 1024 };

/** A repository whose last run stored three packs and died before it could list one. */
async function afterDeath() {
  const inner = new MemoryBackend();
  const backend = faulty(inner);
  const repository = await initRepository(backend, options);
  const random = new SeededRandom(5);
  const blobs = Array.from({ length: 6 }, () => random.bytes(40_000));
  backend.on('save', 'index').every().fails(new Error('the line is dead'));
  const died = withWriter(repository, async (writer) => {
    for (const blob of blobs) await writer.saveBlob('data', blob);
    throw new Error('killed');
  });
  await expect(died).rejects.toThrow('killed');
  backend.heal();
  const packs = (await inner.list('pack')).map(({ name }) => name);
  expect(packs.length).toBe(3);
  expect((await inner.list('index')).length).toBe(0);
  backend.log.length = 0;
  return { inner, backend, blobs, packs };
}

const storeAgain = (repository: Awaited<ReturnType<typeof openRepository>>, blobs: readonly Buffer[]) =>
  withWriter(repository, async (writer) => {
    for (const blob of blobs) await writer.saveBlob('data', blob);
    return writer.progress;
  });

describe('packs that a run left without an index', () => {
  it('are used again: nothing is sent twice', async () => {
    const { backend, blobs } = await afterDeath();
    const repository = await openRepository(backend, options);
    expect(await storeAgain(repository, blobs)).toMatchObject({ blobsNew: 0, blobsKnown: 6 });
    expect(backend.log.filter((line) => line === 'save pack')).toEqual([]);
    await assertHealthy(repository);
    // Another program finds them as well.
    const other = await openRepository(backend, options);
    await other.loadIndex();
    expect(blobs.every((blob) => other.hasBlob('data', sha256(blob) as BlobId))).toBe(true);
  });

  it('are left alone when a byte differs, and their blobs are stored anew', async () => {
    const { inner, backend, blobs, packs } = await afterDeath();
    const damaged = inner.files.get(`pack/${packs[1]}`);
    if (damaged) damaged[100] = (damaged[100] ?? 0) ^ 1;
    const repository = await openRepository(backend, options);
    expect(await storeAgain(repository, blobs)).toMatchObject({ blobsNew: 2, blobsKnown: 4 });
    await repository.loadIndex();
    for (const blob of blobs)
      expect((await repository.loadBlob('data', sha256(blob) as BlobId)).equals(blob)).toBe(true);
  });

  it('are somebody else’s while somebody else holds a lock', async () => {
    const { backend, blobs } = await afterDeath();
    const repository = await openRepository(backend, options);
    const elsewhere = await openRepository(backend, {
      ...options,
      environment: { ...processEnvironment(), hostname: 'elsewhere' },
    });
    const other = await elsewhere.locks.acquire({ mode: 'shared' });
    expect(await storeAgain(repository, blobs)).toMatchObject({ blobsNew: 6 });
    await other.release();
  });

  it('are not read when everything in them is listed elsewhere', async () => {
    const { backend, blobs } = await afterDeath();
    const repository = await openRepository(backend, options);
    await storeAgain(repository, blobs);
    backend.log.length = 0;
    await storeAgain(repository, blobs);
    expect(backend.log.filter((line) => line === 'load pack' || line === 'save index')).toEqual([]);
  });

  it('are told by their end when they are long: what is not needed is not read whole', async () => {
    const inner = new MemoryBackend();
    const backend = faulty(inner);
    const repository = await initRepository(backend, { ...options, packTarget: 1024 * 1024 });
    const blob = new SeededRandom(6).bytes(1024 * 1024);
    backend.on('save', 'index').every().fails(new Error('the line is dead'));
    await expect(storeAgain(repository, [blob])).rejects.toThrow('the line is dead');
    backend.heal();
    const other = await openRepository(inner, { ...options, packTarget: 4096 });
    // The same blob, in another pack that is listed.
    for (const { name } of await inner.list('pack')) {
      const bytes = inner.files.get(`pack/${name}`);
      if (bytes) inner.files.set(`pack/${name}`, Buffer.concat([Buffer.from('x'), bytes.subarray(1)]));
    }
    await storeAgain(other, [blob]);
    const sizes: (number | undefined)[] = [];
    const measuring = around(inner, async ({ operation, file, range, options: own }, run) => {
      if (operation === 'load' && file?.kind === 'pack') sizes.push(range?.length);
      return run(own);
    });
    await storeAgain(await openRepository(measuring, options), [blob]);
    expect(sizes).toEqual([256 * 1024]);
  });
});

describe('the place is looked through for such packs', () => {
  const looksOf = (backend: FaultyBackend) => backend.log.filter((line) => line === 'list pack').length;
  async function watched() {
    const clock = new ControlledEnvironment();
    const backend = faulty(new MemoryBackend());
    const settings = { ...options, environment: { ...processEnvironment(), nowNs: () => clock.nowNs() } };
    const repository = await initRepository(backend, settings);
    const looked = async (blob: string): Promise<boolean> => {
      const before = looksOf(backend);
      await storeAgain(repository, [Buffer.from(blob)]);
      return looksOf(backend) > before;
    };
    return { clock, backend, repository, looked };
  }

  it('by the first run of a process and by none after it', async () => {
    const { looked } = await watched();
    expect([await looked('a'), await looked('b'), await looked('a')]).toEqual([true, false, false]);
  });

  it('after a run that failed, was killed beside us, or an hour', async () => {
    const { clock, backend, repository, looked } = await watched();
    await looked('a');
    const failed = withWriter(repository, () => Promise.reject(new Error('cut')));
    await expect(failed).rejects.toThrow('cut');
    expect([await looked('b'), await looked('c')]).toEqual([true, false]);
    // Its lock is what a killed run leaves.
    const killed = await openRepository(backend, {
      ...options,
      environment: { ...processEnvironment(), pid: 2 ** 22 + 1, nowNs: () => clock.nowNs() },
    });
    await killed.locks.acquire({ mode: 'shared' });
    expect([await looked('d'), await looked('e')]).toEqual([true, false]);
    clock.suspend(61 * 60_000);
    expect([await looked('f'), await looked('g')]).toEqual([true, false]);
  });

  it('again, as long as somebody else is at work', async () => {
    const { backend, looked } = await watched();
    await looked('a');
    await backend.save({ kind: 'pack', name: 'ab'.repeat(32) }, Buffer.alloc(500));
    const elsewhere = { ...processEnvironment(), hostname: 'elsewhere' };
    const other = await openRepository(backend, { ...options, environment: elsewhere });
    const lock = await other.locks.acquire({ mode: 'shared' });
    expect([await looked('b'), await looked('c')]).toEqual([true, true]);
    await lock.release();
    expect([await looked('d'), await looked('e')]).toEqual([true, false]);
  });
});
