import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { sha256 } from '../crypto/hash.ts';
import { initRepository, openRepository } from '../open.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { faulty } from '../testing/faulty.ts';
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
      environment: { ...(await import('../environment.ts')).processEnvironment(), hostname: 'elsewhere' },
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
});
