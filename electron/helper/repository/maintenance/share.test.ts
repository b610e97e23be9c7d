import { describe, expect, it } from 'vitest';
import type { PackId } from '../format/ids.ts';
import { openRepository } from '../open.ts';
import { memoryRepository, testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { dir, file, storeSnapshot } from '../testing/tree-literal.ts';
import { isInShare } from './share.ts';

const random = new SeededRandom(99);

describe('a share of all packs', () => {
  it('has each pack in exactly one of its parts, about as many in each', () => {
    const packs = Array.from({ length: 3000 }, () => random.bytes(32).toString('hex') as PackId);
    packs.push('0'.repeat(64) as PackId, 'f'.repeat(64) as PackId);
    for (const of of [1, 2, 3, 7, 10]) {
      const parts = Array.from({ length: of }, (_, at) => packs.filter((id) => isInShare({ part: at + 1, of }, id)));
      expect(parts.flat().sort()).toEqual([...packs].sort());
      for (const part of parts) expect(Math.abs(part.length - packs.length / of)).toBeLessThan(packs.length / 10);
    }
  });

  it('is all that is read, and all that is said to be', async () => {
    const { backend, repository } = await memoryRepository({ packTarget: 20_000 });
    const files = Array.from({ length: 12 }, (_, at) => [`f${at}`, file(random.bytes(25_000))] as const);
    await storeSnapshot(repository, { docs: dir(Object.fromEntries(files)) });
    const packs = [...backend.files.keys()].filter((key) => key.startsWith('pack/'));
    // Beyond what opens a tree: only reading all of a pack finds it.
    for (const key of packs) {
      const bytes = backend.files.get(key) ?? Buffer.alloc(0);
      bytes[bytes.length - 1] = 0xff;
    }
    const found = new Set<string | undefined>();
    let read = 0;
    for (let part = 1; part <= 3; part += 1) {
      const share = { part, of: 3 };
      const report = await (await openRepository(backend, testOptions)).check({ readData: true, share });
      const damaged = new Set(report.findings.filter(({ code }) => code === 'pack-damaged').map(({ file }) => file));
      expect([...damaged].every((id) => isInShare(share, id as PackId))).toBe(true);
      expect(report.readAllData).toBe(false);
      expect(report.dataRead).toMatchObject({ ...share, packs: damaged.size, allPacks: packs.length });
      for (const id of damaged) found.add(id);
      read += report.dataRead?.bytes ?? 0;
    }
    expect(found.size).toBe(packs.length);
    expect(read).toBe(packs.reduce((sum, key) => sum + (backend.files.get(key)?.length ?? 0), 0));
  });
});
