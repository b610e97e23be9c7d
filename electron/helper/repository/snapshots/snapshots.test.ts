import { describe, expect, it } from 'vitest';
import type { SnapshotId } from '../../../../shared/domain/ids.ts';
import { openRepository } from '../open.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { diskError, faulty } from '../testing/faulty.ts';
import { memoryRepository, testOptions } from '../testing/memory-repository.ts';
import { file, storeSnapshot } from '../testing/tree-literal.ts';

const addPin = (tags: readonly string[]): readonly string[] => [...tags, 'pin'];

describe('snapshots', () => {
  it('are listed oldest first, and a damaged one does not hide the others', async () => {
    const { backend, repository } = await memoryRepository();
    const late = await storeSnapshot(repository, { a: file('1') }, { timeNs: 20n });
    const early = await storeSnapshot(repository, { a: file('2') }, { timeNs: 10n });
    const spoiled = await storeSnapshot(repository, { a: file('3') }, { timeNs: 15n });
    backend.files.get(`snapshot/${spoiled.id}`)?.fill(0, 40, 44);
    const again = await openRepository(backend, testOptions);
    const { snapshots, damaged } = await again.snapshots.list();
    expect(snapshots.map(({ id }) => id)).toEqual([early.id, late.id]);
    expect(damaged).toEqual([{ id: spoiled.id, error: expect.objectContaining({ kind: 'repository-damaged' }) }]);
  });

  it('is not taken from a file that was put under another name', async () => {
    const { backend, repository } = await memoryRepository();
    const { id } = await storeSnapshot(repository, { a: file('1') });
    const name = '5'.repeat(64) as SnapshotId;
    backend.files.set(`snapshot/${name}`, backend.files.get(`snapshot/${id}`) ?? Buffer.alloc(0));
    await expect(repository.snapshots.load(name)).rejects.toMatchObject({
      kind: 'repository-damaged',
      context: { snapshot: name },
    });
  });

  it('says which wall clock it was made by, and keeps it when its tags change', async () => {
    const { backend, repository } = await memoryRepository();
    const { id } = await storeSnapshot(repository, { a: file('1') }, { offsetMinutes: -210 });
    await repository.locks.withLock({ mode: 'shared' }, (lock) => repository.snapshots.rewriteTags(lock, id, addPin));
    const { snapshots } = await (await openRepository(backend, testOptions)).snapshots.list();
    expect(snapshots).toMatchObject([{ timeNs: 1_700_000_000_123_456_789n, offsetMinutes: -210, tags: ['pin'] }]);
  });

  it('says when there is none of an id', async () => {
    const { repository } = await memoryRepository();
    await expect(repository.snapshots.load('0'.repeat(64) as SnapshotId)).rejects.toMatchObject({
      kind: 'unknown-snapshot',
    });
  });

  it('change their tags by a new file before the old one goes', async () => {
    const { backend: inner, repository: writer } = await memoryRepository();
    const old = await storeSnapshot(writer, { a: file('1') }, { tags: ['level:filesystem'] });
    const backend = faulty(inner);
    const repository = await openRepository(backend, testOptions);
    const renewed = await repository.locks.withLock({ mode: 'shared' }, (lock) =>
      repository.snapshots.rewriteTags(lock, old.id, addPin),
    );
    expect(renewed).toMatchObject({
      tree: old.tree,
      timeNs: old.timeNs,
      tags: ['level:filesystem', 'pin'],
      original: old.id,
    });
    expect(backend.log.filter((entry) => entry.endsWith('snapshot')).slice(-2)).toEqual([
      'save snapshot',
      'remove snapshot',
    ]);
    expect((await repository.snapshots.list()).snapshots).toEqual([renewed]);
    await assertHealthy(repository);
  });

  it('are not touched when tags stay the same', async () => {
    const { repository } = await memoryRepository();
    const old = await storeSnapshot(repository, { a: file('1') }, { tags: ['x'] });
    await repository.locks.withLock({ mode: 'shared' }, async (lock) => {
      expect(await repository.snapshots.rewriteTags(lock, old.id, (tags) => tags)).toEqual(old);
    });
  });

  it('survive a crash between the two steps of a change of tags, as one or the other', async () => {
    const { backend: inner, repository: writer } = await memoryRepository();
    const old = await storeSnapshot(writer, { a: file('1') });
    for (const step of ['save', 'remove'] as const) {
      const backend = faulty(inner);
      const repository = await openRepository(backend, testOptions);
      backend.on(step, 'snapshot').nth(1).fails(diskError());
      const change = repository.locks.withLock({ mode: 'shared' }, (lock) =>
        repository.snapshots.rewriteTags(lock, old.id, addPin),
      );
      await expect(change).rejects.toMatchObject({ kind: 'io' });
      const { snapshots } = await (await openRepository(inner, testOptions)).snapshots.list();
      expect(snapshots.map(({ id }) => id)).toContain(old.id);
    }
  });

  it('are removed under an exclusive lock only', async () => {
    const { repository } = await memoryRepository();
    const kept = await storeSnapshot(repository, { a: file('1') });
    const gone = await storeSnapshot(repository, { a: file('2') });
    await repository.locks.withLock({ mode: 'shared' }, async (lock) => {
      await expect(repository.snapshots.remove(lock, [gone.id])).rejects.toThrow('exclusive');
    });
    await repository.locks.withLock({ mode: 'exclusive' }, (lock) => repository.snapshots.remove(lock, [gone.id]));
    expect((await repository.snapshots.list()).snapshots).toEqual([kept]);
    const report = await assertHealthy(repository);
    expect(report.findings.map(({ code }) => code)).toEqual(['blobs-unused']);
  });
});
