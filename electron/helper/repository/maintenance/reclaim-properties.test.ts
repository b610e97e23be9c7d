import { describe, expect, it } from 'vitest';
import type { SnapshotId } from '../../../../shared/domain/ids.ts';
import { openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { memoryRepository, testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { type DirectoryLiteral, dir, file, type Literal, storeSnapshot } from '../testing/tree-literal.ts';

/** A tree of files that share content with each other and with those of other snapshots. */
function someTree(random: SeededRandom, contents: readonly Buffer[], depth = 2): DirectoryLiteral {
  const entries: Record<string, Literal> = {};
  for (let n = random.int(4); n >= 0; n -= 1) entries[`file-${n}`] = file(random.pick(contents));
  for (let n = depth === 0 ? 0 : random.int(3); n > 0; n -= 1)
    entries[`dir-${n}`] = dir(someTree(random, contents, depth - 1));
  return entries;
}

/** Everything that can be read of a repository, by snapshot and path. */
async function contentOf(repository: Repository): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  await repository.loadIndex();
  for (const { id, tree } of (await repository.snapshots.list()).snapshots) {
    for await (const { path, node } of repository.walk(tree)) {
      for (const blob of node.content ?? []) await repository.loadBlob('data', blob);
      found[`${id} ${path}`] = (node.content ?? []).join();
    }
  }
  return found;
}

describe('giving space back, in any repository', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed + 1))(
    'frees what was measured and changes nothing of what stays (seed %d)',
    async (seed) => {
      const random = new SeededRandom(seed);
      const contents = Array.from({ length: 12 }, () => random.bytes(1 + random.int(30_000)));
      const packTarget = random.pick([5_000, 40_000, 1_000_000]);
      const { backend, repository } = await memoryRepository({ packTarget });
      const ids: SnapshotId[] = [];
      for (let n = 0; n < 8; n += 1) {
        const writer = random.int(2) === 0 ? repository : await openRepository(backend, { ...testOptions, packTarget });
        ids.push((await storeSnapshot(writer, someTree(random, contents), { timeNs: BigInt(n) })).id);
      }
      const opened = await openRepository(backend, testOptions);
      const gone = new Set(ids.filter(() => random.int(2) === 0));
      const expected = Object.entries(await contentOf(opened)).filter(
        ([key]) => !gone.has(key.split(' ')[0] as SnapshotId),
      );
      const sets = [new Set<SnapshotId>(), gone, new Set(ids)];
      const [nothing, some, all] = await opened.measureFreeable(sets);
      const before = (await backend.list('pack')).reduce((sum, { size }) => sum + size, 0);
      expect(nothing).toEqual({ bytes: 0, behind: 0 });
      expect(all).toEqual({ bytes: before, behind: 0 });
      const done = await opened.locks.withLock({ mode: 'exclusive' }, async (lock) => {
        const plan = await opened.planReclaim(lock, gone);
        await opened.snapshots.remove(lock, [...gone]);
        return plan.carryOut();
      });
      const after = (await backend.list('pack')).reduce((sum, { size }) => sum + size, 0);
      expect({ bytes: done.bytes, behind: done.behind }).toEqual(some);
      expect(before - after).toBe(done.bytes);
      const again = await openRepository(backend, testOptions);
      expect(Object.entries(await contentOf(again))).toEqual(expected);
      await assertHealthy(again);
    },
  );
});
