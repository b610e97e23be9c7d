import { describe, expect, it } from 'vitest';
import type { Backend } from '../backend/contract.ts';
import type { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { Sealer } from '../crypto/sealer.ts';
import { Documents } from '../documents.ts';
import { decodeIndexFile, encodeIndexFile } from '../format/index-file.ts';
import { unlock } from '../keys/key-store.ts';
import { openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { atEveryStep } from '../testing/break-after.ts';
import { describeTree } from '../testing/compare-nodes.ts';
import { diskError, faulty } from '../testing/faulty.ts';
import { flip, keysOf, memoryCopy } from '../testing/memory-copy.ts';
import { memoryRepository, testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { dir, file, storeSnapshot } from '../testing/tree-literal.ts';
import type { IndexRepair, IndexRepairOptions } from './repair-index.ts';

const random = new SeededRandom(91);
const options = { ...testOptions, packTarget: 30_000 };
const open = (backend: Backend): Promise<Repository> => openRepository(backend, options);

async function sample(): Promise<MemoryBackend> {
  const { backend, repository } = await memoryRepository(options);
  for (const name of ['one', 'two', 'three']) {
    const large = { large: file(random.bytes(40_000)), small: file(name) };
    await storeSnapshot(repository, { [name]: dir(large) }, { timeNs: 1n });
  }
  return backend;
}

async function repair(backend: Backend, how: IndexRepairOptions = {}): Promise<IndexRepair> {
  const repository = await open(backend);
  return repository.locks.withLock({ mode: 'exclusive' }, async (lock) => {
    const plan = await repository.planIndexRepair(lock, how);
    await plan.carryOut(lock);
    return plan;
  });
}

/** Everything that can be read, by snapshot and path. */
async function contentOf(backend: Backend): Promise<string[]> {
  const repository = await open(backend);
  const all: string[] = [];
  for (const { id, tree } of (await repository.snapshots.list()).snapshots)
    for (const [path, text] of Object.entries(await describeTree(repository, tree))) all.push(`${id} ${path} ${text}`);
  return all;
}

describe('repairing the index', () => {
  it('changes nothing of one that is right', async () => {
    const backend = await sample();
    const before = new Map(backend.files);
    expect(await repair(backend)).toMatchObject({ isNeeded: false, lost: { total: 0 }, damaged: [] });
    expect(new Map(backend.files)).toEqual(before);
  });

  it('lists of a pack that is in no index only what opens, whatever its header says', async () => {
    const backend = await sample();
    const [pack = ''] = keysOf(backend, 'pack').sort(
      (one, other) => (backend.files.get(other)?.length ?? 0) - (backend.files.get(one)?.length ?? 0),
    );
    for (const key of keysOf(backend, 'index')) backend.files.delete(key);
    const whole = memoryCopy(backend);
    flip(backend, pack, 100);
    const plan = await repair(backend);
    expect(plan.damaged).toMatchObject([{ pack: pack.slice('pack/'.length), left: 1 }]);
    expect(plan.lost.total).toBeGreaterThan(0);
    expect(await repair(whole)).toMatchObject({ damaged: [], lost: { total: 0 } });
  });

  it.each(['all files gone', 'one file gone', 'one file damaged', 'a stranger in its place'])(
    'makes it again of the headers: %s',
    async (what) => {
      const backend = await sample();
      const before = await contentOf(backend);
      const [first = '', ...others] = keysOf(backend, 'index');
      if (what === 'all files gone') for (const key of [first, ...others]) backend.files.delete(key);
      if (what === 'one file gone') backend.files.delete(first);
      if (what === 'one file damaged') flip(backend, first, 30);
      if (what === 'a stranger in its place') backend.files.set(first, random.bytes(500));
      const isGone = /gone/.test(what);
      // Who writes is refused; who reads is helped by the headers where a file is there and says nothing.
      const used = isGone ? contentOf(backend) : (await open(backend)).loadIndex();
      await expect(used).rejects.toMatchObject({ kind: 'repository-damaged' });
      if (!isGone) expect(await contentOf(backend)).toEqual(before);
      const plan = await repair(backend);
      expect(plan.isNeeded).toBe(true);
      expect(plan.damagedFiles.length).toBe(isGone ? 0 : 1);
      expect(plan.added.length).toBeGreaterThan(0);
      expect(await contentOf(backend)).toEqual(before);
      const report = await assertHealthy(await open(backend));
      expect(report.findings).toEqual([]);
    },
  );

  it('names packs without a readable header, and keeps what opens in them', async () => {
    const backend = await sample();
    const before = await contentOf(backend);
    const [pack = ''] = keysOf(backend, 'pack');
    flip(backend, pack, -20);
    const plan = await repair(backend);
    expect(plan.damaged).toMatchObject([{ pack: pack.slice(5), left: 0 }]);
    expect(plan.damaged[0]?.kept).toBeGreaterThan(0);
    expect(plan.lost.total).toBe(0);
    expect(await contentOf(backend)).toEqual(before);
  });

  it('leaves out a pack that cannot be read and that nothing else tells of, and says what that costs', async () => {
    const backend = await sample();
    const largest = keysOf(backend, 'pack').sort(
      (one, other) => (backend.files.get(other)?.length ?? 0) - (backend.files.get(one)?.length ?? 0),
    )[0];
    flip(backend, largest ?? '', -20);
    for (const key of keysOf(backend, 'index')) backend.files.delete(key);
    const plan = await repair(backend);
    expect(plan.damaged).toMatchObject([{ pack: largest?.slice(5), kept: 0 }]);
    expect(plan.lost.total).toBe(1);
    expect(plan.lost.losses[0]?.where).toMatch(/^[0-9a-f]{8}:\/(one|two|three)\/large$/);
    const { findings } = await (await open(backend)).check({ readData: true });
    expect(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual(['blob-missing']);
  });

  it('takes out packs that are gone, so that the next run stores their content again', async () => {
    const backend = await sample();
    const largest = keysOf(backend, 'pack').sort(
      (one, other) => (backend.files.get(other)?.length ?? 0) - (backend.files.get(one)?.length ?? 0),
    )[0];
    backend.files.delete(largest ?? '');
    const plan = await repair(backend);
    expect(plan.missing).toEqual([largest?.slice(5)]);
    expect(plan.lost.total).toBe(1);
    expect((await (await open(backend)).check()).findings.map(({ code }) => code)).not.toContain('pack-missing');
  });

  it('believes the header where the index says something else', async () => {
    const backend = await sample();
    const before = await contentOf(backend);
    const documents = new Documents(backend, new Sealer((await unlock(backend, testOptions.password)).masterKey), 2);
    const [{ name } = { name: '' }] = await documents.list('index');
    const { packs } = decodeIndexFile((await documents.load('index', name)) ?? '');
    const wrong = packs.map(({ id, blobs }) => ({
      id,
      blobs: blobs.map((blob) => ({ ...blob, offset: blob.offset + 1 })),
    }));
    await documents.save('index', encodeIndexFile({ supersedes: [name], packs: wrong }));
    const plan = await repair(backend);
    expect(plan.corrected.length).toBe(packs.length);
    expect(await contentOf(backend)).toEqual(before);
    await assertHealthy(await open(backend));
  });

  it('with every byte read, lists no blob that does not open: the next run stores it again', async () => {
    const backend = await sample();
    const largest = keysOf(backend, 'pack').sort(
      (one, other) => (backend.files.get(other)?.length ?? 0) - (backend.files.get(one)?.length ?? 0),
    )[0];
    flip(backend, largest ?? '', 1000);
    expect(await repair(backend)).toMatchObject({ isNeeded: false, damaged: [] });
    const plan = await repair(backend, { readAll: true });
    expect(plan.damaged).toMatchObject([{ pack: largest?.slice(5), left: 1 }]);
    expect(plan.lost.total).toBe(1);
  });

  it('is readable after a kill at any step, and finished by the next', async () => {
    const damaged = await sample();
    const before = await contentOf(damaged);
    const [first = ''] = keysOf(damaged, 'index');
    flip(damaged, first, 30);
    const steps = await atEveryStep(
      damaged,
      open,
      async (repository, lock) => {
        const plan = await repository.planIndexRepair(lock);
        return () => plan.carryOut(lock);
      },
      async (copy, step) => {
        const unreadable = keysOf(copy, 'index').filter((key) => key === first).length;
        // What could be read before can be read: with the damaged file still there, by who passes it over.
        if (unreadable === 0) expect(await contentOf(copy)).toEqual(before);
        if (step > 1) {
          const { findings } = await (await open(copy)).check();
          const wrong = findings.filter(({ severity, code }) => severity !== 'info' && code !== 'index-damaged');
          expect(wrong).toEqual([]);
        }
        await repair(copy);
        expect(await contentOf(copy)).toEqual(before);
        expect((await assertHealthy(await open(copy))).findings).toEqual([]);
      },
    );
    expect(steps).toBeGreaterThan(3);
  });

  it('does not take a disk that fails for damage, and heeds a cancel', async () => {
    const inner = await sample();
    const backend = faulty(inner);
    backend.on('load', 'pack').nth(2).fails(diskError());
    await expect(repair(backend)).rejects.toMatchObject({ kind: 'io' });
    await expect(repair(inner, { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'cancelled' });
    await assertHealthy(await open(inner));
  });

  it('is carried out only under the exclusive lock it was made under', async () => {
    const backend = await sample();
    for (const key of keysOf(backend, 'index')) backend.files.delete(key);
    const repository = await open(backend);
    await repository.locks.withLock({ mode: 'shared' }, async (lock) => {
      const plan = await repository.planIndexRepair(lock);
      await expect(plan.carryOut(lock)).rejects.toThrow('exclusive');
    });
    const first = await repository.locks.acquire({ mode: 'exclusive' });
    const plan = await repository.planIndexRepair(first);
    await first.release();
    await repository.locks.withLock({ mode: 'exclusive' }, (lock) =>
      expect(plan.carryOut(lock)).rejects.toThrow('exclusive lock under which'),
    );
    expect(keysOf(backend, 'index')).toEqual([]);
  });
});
