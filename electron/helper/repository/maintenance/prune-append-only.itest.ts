import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LocalBackend } from '../backend/local/local-backend.ts';
import { openRemote } from '../backend/open-remote.ts';
import { initRepository, openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { restServers, testPassword, testUser } from '../testing/servers/rest-servers.ts';
import { startingProgram } from '../testing/start-program.ts';
import { file, type Literal, storeSnapshot } from '../testing/tree-literal.ts';

const options = { ...testOptions, packTarget: 60_000 };
const random = new SeededRandom(4);

for (const kind of restServers)
  describe.skipIf(kind.missing !== '')(`a prune over ${kind.name}${kind.missing && ` (${kind.missing})`}`, () => {
    it('is refused in clear words where nothing may be deleted, and done where it may', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'stillpoint-append-'));
      try {
        const local = await initRepository(new LocalBackend(join(folder, 'repository')), options);
        const files = Array.from({ length: 20 }, (_, n) => [`f${n}`, file(random.bytes(9_000))] as const);
        const gone = await storeSnapshot(local, Object.fromEntries<Literal>(files), { timeNs: 1n });
        await storeSnapshot(local, Object.fromEntries<Literal>(files.filter((_, n) => n % 2 === 0)), { timeNs: 2n });
        await local.locks.withLock({ mode: 'exclusive' }, (lock) => local.snapshots.remove(lock, [gone.id]));
        const names = async (): Promise<readonly string[]> =>
          (await local.backend.list('pack')).map(({ name }) => name).sort();
        const before = await names();
        for (const appendOnly of [true, false]) {
          const server = await kind.start({ appendOnly, folder });
          const place = openRemote(
            { kind: 'rest', url: `http://127.0.0.1:${server.port}/repository` },
            { kind: 'rest', user: testUser, password: testPassword },
            { startProgram: startingProgram(), readText: () => '' },
          );
          try {
            const pruning = prune(await openRepository(place.backend, options));
            if (appendOnly) {
              await expect(pruning).rejects.toMatchObject({
                kind: 'not-permitted',
                message: expect.stringContaining('does not let anything be deleted'),
                context: { appendOnly: true },
              });
              expect(await names()).toEqual(before);
            } else expect(await pruning).toMatchObject({ remainingBytes: 0, left: 0 });
            await assertHealthy(await openRepository(place.backend, options));
          } finally {
            await place.close();
            await server.stop();
          }
        }
        expect(await names()).not.toEqual(before);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });

function prune(repository: Repository): Promise<unknown> {
  return repository.locks.withLock({ mode: 'exclusive' }, async (lock) =>
    (await repository.planPrune(lock, { limits: { maxUnused: { kind: 'bytes', bytes: 0 } } })).carryOut(),
  );
}
