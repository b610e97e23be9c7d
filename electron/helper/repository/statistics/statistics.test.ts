import { describe, expect, it } from 'vitest';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { keysOf } from '../testing/memory-copy.ts';
import { memoryRepository, testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { type DirectoryLiteral, dir, file, type Literal, storeSnapshot } from '../testing/tree-literal.ts';
import { withWriter } from '../testing/with-writer.ts';
import { TreeLinks } from './tree-links.ts';

/** A tree of files that share content with each other and with those of other snapshots. */
function someTree(
  random: SeededRandom,
  contents: readonly Buffer[],
  subtrees: DirectoryLiteral[],
  depth = 3,
): DirectoryLiteral {
  const entries: Record<string, Literal> = {};
  for (let n = random.int(4); n >= 0; n -= 1) entries[`file-${n}`] = file(random.pick(contents));
  for (let n = depth === 0 ? 0 : random.int(3); n > 0; n -= 1) {
    const known = subtrees.length > 0 && random.int(2) === 0;
    entries[`dir-${n}`] = dir(known ? random.pick(subtrees) : someTree(random, contents, subtrees, depth - 1));
  }
  subtrees.push(entries);
  return entries;
}

/** Each snapshot walked by itself, in full: slow, and plain to see. */
async function plainly(repository: Repository) {
  await repository.loadIndex();
  const { snapshots } = await repository.snapshots.list();
  const needs: Set<string>[] = [];
  const figures = [];
  for (const { id, tree } of snapshots) {
    const needed = new Set([`tree/${tree}`]);
    const figure = { id, logicalBytes: 0, files: 0, folders: 0 };
    for await (const { node } of repository.walk(tree)) {
      if (node.type === 'file') figure.files += 1;
      if (node.type === 'dir') figure.folders += 1;
      if (node.subtree) needed.add(`tree/${node.subtree}`);
      for (const blob of node.content ?? []) {
        needed.add(`data/${blob}`);
        figure.logicalBytes += repository.blobLength('data', blob) ?? 0;
      }
    }
    needs.push(needed);
    figures.push(figure);
  }
  const stored = (key: string): number => {
    const [type, id] = key.split('/') as ['data' | 'tree', BlobId];
    return repository.locateBlob(type, id)?.length ?? 0;
  };
  return figures.map((figure, at) => {
    const own = [...(needs[at] ?? [])];
    const isNew = own.filter((key) => !needs.slice(0, at).some((other) => other.has(key)));
    const only = own.filter((key) => !needs.some((other, n) => n !== at && other.has(key)));
    const sum = (keys: readonly string[]): number => keys.reduce((all, key) => all + stored(key), 0);
    return { ...figure, newBytes: sum(isNew), onlyBytes: sum(only), isWhole: true };
  });
}

describe('statistics', () => {
  it.each(Array.from({ length: 15 }, (_, seed) => seed + 1))(
    'are what walking each snapshot by itself gives (seed %d)',
    async (seed) => {
      const random = new SeededRandom(seed);
      const contents = Array.from({ length: 14 }, () => random.bytes(1 + random.int(9_000)));
      contents.push(Buffer.from('text '.repeat(3_000)));
      const { repository, backend } = await memoryRepository({ packTarget: random.pick([5_000, 1_000_000]) });
      const subtrees: DirectoryLiteral[] = [];
      for (let n = 0; n < 7; n += 1)
        await storeSnapshot(repository, someTree(random, contents, subtrees), { timeNs: BigInt(random.int(5)) });
      const unused = await withWriter(repository, (writer) => writer.saveBlob('data', random.bytes(5_555)));
      const expected = await plainly(repository);
      const told: number[] = [];
      const found = await (await openRepository(backend, testOptions)).statistics({
        onProgress: (done) => told.push(done),
        linksAtMost: random.pick([0, 20, 1_000_000]),
      });
      expect(found.snapshots).toEqual(
        expected.map((figure, at) => ({ ...figure, timeNs: found.snapshots[at]?.timeNs })),
      );
      expect(told).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(found).toMatchObject({
        unusedBlobs: 1,
        unusedBytes: unused.storedLength,
        duplicateBytes: 0,
        unlistedBytes: 0,
      });
      expect(found.snapshots.reduce((sum, { newBytes }) => sum + newBytes, 0)).toBe(found.storedBytes);
      const packs = keysOf(backend, 'pack');
      expect(found.packs).toBe(packs.length);
      expect(found.packBytes).toBe(packs.reduce((sum, key) => sum + (backend.files.get(key)?.length ?? 0), 0));
      expect(found.packBytes).toBeGreaterThan(found.storedBytes + found.unusedBytes);
      expect(found.compressionRatio).toBeCloseTo(found.uniqueBytes / found.storedBytes);
    },
  );

  it('count what is damaged as not whole, and go on', async () => {
    const { repository, backend } = await memoryRepository({ packTarget: 1 });
    const { tree } = await storeSnapshot(repository, { a: dir({ b: file('content') }), c: file('other') });
    await storeSnapshot(repository, { d: file('whole') }, { timeNs: 1n });
    const { subtree } = (await repository.loadTree(tree)).nodes[0] ?? {};
    backend.files.delete(`pack/${repository.locateBlob('tree', subtree as BlobId)?.pack}`);
    const { snapshots } = await (await openRepository(backend, testOptions)).statistics();
    expect(snapshots.map(({ isWhole }) => isWhole)).toEqual([true, false]);
    expect(snapshots[1]).toMatchObject({ files: 1, folders: 1 });
  });

  it('know of further copies and of packs that no index lists, and heed a cancel', async () => {
    const { repository, backend } = await memoryRepository();
    await storeSnapshot(repository, { a: file('x'.repeat(100)) });
    backend.files.set(`pack/${'0'.repeat(64)}`, Buffer.alloc(777));
    expect((await repository.statistics()).unlistedBytes).toBe(777);
    await expect(repository.statistics({ signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('of an empty repository are all nothing', async () => {
    const { repository } = await memoryRepository();
    expect(await repository.statistics()).toMatchObject({ snapshots: [], packs: 0, blobs: 0, compressionRatio: 1 });
  });
});

describe('links of trees', () => {
  it('are kept as far as there is room, and no further', () => {
    const links = new TreeLinks(10, 20);
    expect(links.keep(3, [1, 2, 9])).toBe(true);
    expect(links.keep(4, [])).toBe(true);
    expect(
      links.keep(
        5,
        Array.from({ length: 15 }, (_, n) => n),
      ),
    ).toBe(false);
    expect(links.keep(6, [7])).toBe(true);
    expect([...(links.of(3) ?? [])]).toEqual([1, 2, 9]);
    expect([...(links.of(4) ?? [0])]).toEqual([]);
    expect(links.of(5)).toBeUndefined();
    expect([...(links.of(6) ?? [])]).toEqual([7]);
  });
});
