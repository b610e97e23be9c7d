import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFileOps } from './backend/local/file-ops.ts';
import { LocalBackend } from './backend/local/local-backend.ts';
import { initRepository } from './open.ts';
import type { Repository } from './repository.ts';
import { assertHealthy } from './testing/assert-healthy.ts';
import { testPassword } from './testing/memory-repository.ts';
import { ResticPlace, resticBinaries } from './testing/restic-program.ts';
import { SeededRandom } from './testing/seeded-random.ts';
import { dir, file, storeSnapshot } from './testing/tree-literal.ts';

const random = new SeededRandom(9);
const here = fileURLToPath(new URL('.', import.meta.url));

// A repository that stays open in this process while another program works on it: what is remembered of the index, and
// locks without a wait.
for (const { title, path } of resticBinaries()) {
  describe.skipIf(path === undefined)(`an open repository beside ${title}`, () => {
    let place: ResticPlace;
    let repository: Repository;

    beforeEach(async () => {
      place = new ResticPlace(path ?? '', testPassword);
      const backend = new LocalBackend(place.root, nodeFileOps, () => true);
      repository = await initRepository(backend, { password: testPassword, kdf: 'test', packTarget: 50_000 });
    });
    afterEach(() => place.dispose());

    const store = () => storeSnapshot(repository, { d: dir({ one: file(random.bytes(90_000)) }), two: file('two') });

    it('knows a tree to be whole while restic adds to it, and no more once restic has pruned it', async () => {
      const snapshot = await store();
      await place.restic('backup', here);
      await repository.loadIndex();
      expect(await repository.hasSubtree(snapshot.tree)).toBe(true);
      await place.restic('forget', '--prune', snapshot.id);
      await repository.loadIndex();
      expect(await repository.hasSubtree(snapshot.tree)).toBe(false);
      const again = await store();
      await place.restic('check', '--read-data');
      await repository.loadIndex();
      expect(await repository.hasSubtree(again.tree)).toBe(true);
      await assertHealthy(repository);
    });

    it('keeps a snapshot whole whose parts restic packs anew', async () => {
      const first = await store();
      const second = await store();
      await repository.loadIndex();
      await place.restic('forget', first.id);
      await place.restic('prune', '--max-unused', '0');
      await repository.loadIndex();
      expect(await repository.hasSubtree(second.tree)).toBe(true);
      expect(await repository.hasSubtree(first.tree)).toBe(false);
      await assertHealthy(repository);
    });

    it('reads everything anew when an index file and its packs were lost', async () => {
      const snapshot = await store();
      const kept = await store();
      for (const { name } of await repository.backend.list('index')) {
        rmSync(join(place.root, 'index', name));
        break;
      }
      await repository.loadIndex();
      const whole = [await repository.hasSubtree(snapshot.tree), await repository.hasSubtree(kept.tree)];
      expect(whole.filter(Boolean).length).toBeLessThan(2);
    });

    it('takes a lock at once, and restic and it still keep each other out', async () => {
      const exclusive = await repository.locks.acquire({ mode: 'exclusive' });
      expect((await place.tryRestic('backup', here)).code).not.toBe(0);
      await exclusive.release();
      const shared = await repository.locks.acquire({ mode: 'shared' });
      await place.restic('backup', here);
      expect((await place.tryRestic('prune')).code).not.toBe(0);
      await shared.release();
      await place.restic('prune');
    });
  });
}
