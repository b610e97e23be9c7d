import { describe, expect, it } from 'vitest';
import type { SnapshotId } from '../../../../shared/domain/ids.ts';
import type { Backend } from '../backend/contract.ts';
import type { MemoryBackend } from '../backend/memory/memory-backend.ts';
import { Sealer } from '../crypto/sealer.ts';
import { Documents } from '../documents.ts';
import { decodeIndexFile, encodeIndexFile } from '../format/index-file.ts';
import { unlock } from '../keys/key-store.ts';
import { openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { breakAfter } from '../testing/break-after.ts';
import { describeTree } from '../testing/compare-nodes.ts';
import { diskError, faulty } from '../testing/faulty.ts';
import { flip, keysOf, memoryCopy } from '../testing/memory-copy.ts';
import { memoryRepository, testOptions } from '../testing/memory-repository.ts';
import { oddTree } from '../testing/odd-tree.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { dir, file, storeSnapshot } from '../testing/tree-literal.ts';
import type { CopyOptions, CopyReport } from './copy-snapshots.ts';

const options = { ...testOptions, packTarget: 30_000 };
const open = (backend: Backend): Promise<Repository> => openRepository(backend, options);

/** Three snapshots with much in common; text is stored compressed, noise is not. */
async function sample(): Promise<MemoryBackend> {
  const random = new SeededRandom(94);
  const { backend, repository } = await memoryRepository(options);
  const shared = dir({ noise: file(random.bytes(50_000)), text: file('a line of text\n'.repeat(4_000)) });
  for (const [n, name] of ['one', 'two', 'three'].entries()) {
    const own = dir({ own: file(random.bytes(20_000)), name: file(name.repeat(500)) });
    await storeSnapshot(repository, { shared, [name]: own }, { timeNs: BigInt(n + 1), tags: [name] });
  }
  return backend;
}

async function copy(from: Backend, to: Backend, how: CopyOptions = {}): Promise<CopyReport> {
  const [source, target] = [await open(from), await open(to)];
  return source.locks.withLock({ mode: 'shared' }, (theirs) =>
    target.locks.withLock({ mode: 'shared' }, (ours) => target.copyFrom(source, { source: theirs, target: ours }, how)),
  );
}

/** What can be read of each snapshot, by its time. */
async function contentOf(backend: Backend): Promise<Record<string, unknown>> {
  const repository = await open(backend);
  const all: Record<string, unknown> = {};
  for (const { id, original, parent, ...snapshot } of (await repository.snapshots.list()).snapshots)
    all[String(snapshot.timeNs)] = {
      ...snapshot,
      tree: await describeTree(repository, snapshot.tree),
      root: snapshot.tree,
    };
  return all;
}

describe('copying snapshots', () => {
  it('copies, and counts, while a run writes where they come from', async () => {
    const { backend: to } = await memoryRepository(options);
    const [source, target] = [await open(await sample()), await open(to)];
    await source.locks.withLock({ mode: 'shared' }, (theirs) =>
      source.withWriter(theirs, {}, async (writer) => {
        await writer.saveBlob('data', Buffer.from('of a backup'));
        expect((await source.statistics()).snapshots).toHaveLength(3);
        const report = await target.locks.withLock({ mode: 'shared' }, (ours) =>
          target.copyFrom(source, { source: theirs, target: ours }),
        );
        expect(report.copied).toHaveLength(3);
      }),
    );
    expect((await assertHealthy(await open(to))).findings).toEqual([]);
  });

  it('gives the same snapshots, sealed with another key, in packs of their own', async () => {
    const from = await sample();
    const before = new Map(from.files);
    const { backend: to } = await memoryRepository(options);
    const report = await copy(from, to);
    expect(report).toMatchObject({ known: [], failed: [] });
    expect(report.copied).toHaveLength(3);
    expect(await contentOf(to)).toEqual(await contentOf(from));
    expect(keysOf(to, 'pack').filter((key) => from.files.has(key))).toEqual([]);
    const { findings } = await assertHealthy(await open(to));
    expect(findings).toEqual([]);
    expect(new Map(from.files)).toEqual(before);
    const { snapshots } = await (await open(to)).snapshots.list();
    expect(snapshots.map(({ original }) => original)).toEqual(report.copied.map(({ from: id }) => id));
  });

  it('copies every kind of node and every byte of a name', async () => {
    const { backend: from, repository } = await memoryRepository();
    await storeSnapshot(repository, oddTree({ nonUtf8Links: true }));
    const { backend: to } = await memoryRepository();
    expect((await copy(from, to)).failed).toEqual([]);
    expect(await contentOf(to)).toEqual(await contentOf(from));
    await assertHealthy(await open(to));
  });

  it('stores compressed bytes as they are: none takes another length', async () => {
    const from = await sample();
    const { backend: to } = await memoryRepository(options);
    await copy(from, to);
    const [source, target] = [await open(from), await open(to)];
    await source.loadIndex();
    await target.loadIndex();
    let compared = 0;
    for (const { tree } of (await source.snapshots.list()).snapshots)
      for await (const { node } of source.walk(tree))
        for (const blob of node.content ?? []) {
          const { length, uncompressedLength } = source.locateBlob('data', blob) ?? {};
          expect(target.locateBlob('data', blob)).toMatchObject({ length, uncompressedLength });
          compared += 1;
        }
    expect(compared).toBeGreaterThan(6);
  });

  it('copies nothing twice, also when a copy is copied back or on', async () => {
    const from = await sample();
    const { backend: to } = await memoryRepository(options);
    await copy(from, to);
    const files = keysOf(to, 'pack').concat(keysOf(to, 'snapshot'));
    const again = await copy(from, to);
    expect(again).toMatchObject({ copied: [], bytes: 0 });
    expect(again.known).toHaveLength(3);
    expect((await copy(to, from)).known).toHaveLength(3);
    const { backend: third } = await memoryRepository(options);
    await copy(to, third);
    expect((await copy(from, third)).known).toHaveLength(3);
    expect(keysOf(to, 'pack').concat(keysOf(to, 'snapshot'))).toEqual(files);
  });

  it('copies one again whose labels changed, and only those that are named', async () => {
    const from = await sample();
    const { backend: to } = await memoryRepository(options);
    const source = await open(from);
    const [first] = (await source.snapshots.list()).snapshots;
    const ids = new Set([first?.id as SnapshotId]);
    expect((await copy(from, to, { ids })).copied).toHaveLength(1);
    await source.locks.withLock({ mode: 'shared' }, (lock) =>
      source.snapshots.rewriteTags(lock, first?.id as SnapshotId, (tags) => [...tags, 'pin']),
    );
    const report = await copy(from, to);
    expect(report).toMatchObject({ known: [] });
    expect(report.copied).toHaveLength(3);
  });

  it('takes a blob from another pack where one is damaged', async () => {
    const { backend: from, repository } = await memoryRepository(options);
    const content = new SeededRandom(95).bytes(40_000);
    const other = await open(from);
    await other.locks.withLock({ mode: 'shared' }, (lock) =>
      other.withWriter(lock, {}, async (writer) => {
        // Both write it before either can know of the other.
        await storeSnapshot(repository, { a: file(content) });
        await writer.saveBlob('data', content);
      }),
    );
    const packs = keysOf(from, 'pack').filter((key) => (from.files.get(key)?.length ?? 0) > 40_000);
    expect(packs).toHaveLength(2);
    for (const pack of packs) {
      const damaged = memoryCopy(from);
      flip(damaged, pack, 100);
      const { backend: to } = await memoryRepository(options);
      expect((await copy(damaged, to)).failed).toEqual([]);
      expect(await contentOf(to)).toEqual(await contentOf(from));
    }
    for (const pack of packs) flip(from, pack, 100);
    const { backend: to } = await memoryRepository(options);
    expect((await copy(from, to)).failed[0]?.error.message).toMatch(/:\/a cannot be copied/);
    expect(keysOf(to, 'snapshot')).toEqual([]);
  });

  it('copies nothing that is not what its id says, though it was sealed by the right key', async () => {
    const from = await sample();
    const documents = new Documents(from, new Sealer((await unlock(from, testOptions.password)).masterKey), 2);
    for (const { name } of await documents.list('index')) {
      const { packs } = decodeIndexFile((await documents.load('index', name)) ?? '');
      const swapped = packs.map(({ id, blobs }) => {
        const ids = blobs.map((blob) => blob.id);
        return { id, blobs: blobs.map((blob, at) => ({ ...blob, id: ids[(at + 1) % ids.length] ?? blob.id })) };
      });
      await documents.remove('index', name);
      const data = packs.map((pack, at) => (pack.blobs[0]?.type === 'data' ? (swapped[at] ?? pack) : pack));
      await documents.save('index', encodeIndexFile({ supersedes: [], packs: data }));
    }
    const { backend: to } = await memoryRepository(options);
    const report = await copy(from, to);
    expect(report.copied).toEqual([]);
    expect(report.failed).toHaveLength(3);
    await assertHealthy(await open(to));
  });

  it('leaves out what needs something damaged, copies the others, and says what and why', async () => {
    const from = await sample();
    const source = await open(from);
    await source.loadIndex();
    const { snapshots } = await source.snapshots.list();
    for await (const { path, node } of source.walk(snapshots[1]?.tree as never)) {
      const blob = path === '/two/own' ? node.content?.[0] : undefined;
      const place = blob && source.locateBlob('data', blob);
      if (place) flip(from, `pack/${place.pack}`, place.offset + 20);
    }
    const { backend: to } = await memoryRepository(options);
    const report = await copy(from, to);
    expect(report.copied).toHaveLength(2);
    expect(report.failed).toMatchObject([{ from: snapshots[1]?.id, error: { kind: 'repository-damaged' } }]);
    expect(report.failed[0]?.error.message).toMatch(/:\/two\/own cannot be copied/);
    await assertHealthy(await open(to));
  });

  it('goes on after a kill at any step without storing anything twice, and what is there is whole', async () => {
    const from = await sample();
    const { backend: empty } = await memoryRepository(options);
    const expected = await contentOf(from);
    const complete = memoryCopy(empty);
    await copy(from, complete);
    const packs = keysOf(complete, 'pack').length;
    let step = 1;
    for (let isDone = false; !isDone; step += 1) {
      const to = memoryCopy(empty);
      const breaking = faulty(to);
      const [source, target] = [await open(from), await open(breaking)];
      breakAfter(breaking, step);
      isDone = await source.locks
        .withLock({ mode: 'shared' }, (theirs) =>
          target.locks.withLock({ mode: 'shared' }, (ours) =>
            target.copyFrom(source, { source: theirs, target: ours }),
          ),
        )
        .then(
          () => true,
          () => false,
        );
      breaking.heal();
      await assertHealthy(await open(to));
      const there = keysOf(to, 'pack').length;
      await copy(from, to);
      expect(await contentOf(to)).toEqual(expected);
      // Nothing that was stored is stored again: at most the packs that were under way were cut otherwise.
      expect(keysOf(to, 'pack').length).toBeLessThanOrEqual(packs + Math.min(there, 2));
      expect((await assertHealthy(await open(to))).findings).toEqual([]);
    }
    expect(step).toBeGreaterThan(6);
  });

  it('ends at a cancel, and takes a disk that fails for what it is', async () => {
    const from = await sample();
    const { backend: to } = await memoryRepository(options);
    const cancel = new AbortController();
    const cancelled = copy(from, to, {
      signal: cancel.signal,
      onProgress: ({ bytes }) => bytes > 0 && cancel.abort(),
    });
    await expect(cancelled).rejects.toMatchObject({ kind: 'cancelled' });
    const failing = faulty(from);
    failing.on('load', 'pack').from(6).fails(diskError());
    await expect(copy(failing, to)).rejects.toMatchObject({ kind: 'io' });
    await assertHealthy(await open(to));
    expect((await copy(from, to)).copied).toHaveLength(3);
  });

  it('tells how far it is, and never less than before', async () => {
    const from = await sample();
    const { backend: to } = await memoryRepository(options);
    const told: number[][] = [];
    await copy(from, to, {
      onProgress: ({ snapshots, totalSnapshots, bytes, totalBytes }) => {
        expect(bytes).toBeLessThanOrEqual(totalBytes);
        expect(totalSnapshots).toBe(3);
        told.push([snapshots, bytes]);
      },
    });
    expect(told.at(-1)?.[0]).toBe(3);
    for (const [at, [snapshots = 0, bytes = 0]] of told.entries()) {
      expect(snapshots).toBeGreaterThanOrEqual(told[at - 1]?.[0] ?? 0);
      expect(bytes).toBeGreaterThanOrEqual(told[at - 1]?.[1] ?? 0);
    }
  });
});
