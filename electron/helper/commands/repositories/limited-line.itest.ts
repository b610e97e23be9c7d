import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RepositoryId } from '../../../../shared/domain/ids.ts';
import type { LineLimits } from '../../../../shared/domain/line-limits.ts';
import { initRepository, nodeFileOps, openRepository } from '../../repository/index.ts';
import { assertHealthy } from '../../repository/testing/assert-healthy.ts';
import { testOptions } from '../../repository/testing/memory-repository.ts';
import { restServers, testPassword, testUser } from '../../repository/testing/servers/rest-servers.ts';
import { startingProgram } from '../../repository/testing/start-program.ts';
import { file, storeSnapshot } from '../../repository/testing/tree-literal.ts';
import { type PlaceAccess, Places } from './places.ts';

const kib = 1024;
const id = 'a1'.repeat(32) as RepositoryId;
const limits: LineLimits = [
  { direction: 'upload', bytesPerSecond: 64 * kib },
  { direction: 'download', bytesPerSecond: 128 * kib },
];

let close: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of close.reverse()) await each();
  close = [];
});

/** Places whose clock only waiting on a limit moves, so that nobody waits and every wait is counted. */
function limitedPlaces(limitsOf: () => LineLimits) {
  let waitedMs = 0;
  const places = new Places({
    ...{ fileOps: nodeFileOps, asCaller: (work) => work(), limitsOf },
    remotePorts: { startProgram: startingProgram(), readText: () => '' },
    lineClock: {
      nowMs: () => waitedMs,
      wallMs: () => Date.parse('2026-11-20T12:00:00Z') + waitedMs,
      zone: () => 'UTC',
      sleep: async (ms) => {
        waitedMs += ms;
      },
    },
  });
  close.push(() => places.close());
  return { places, waitedMs: () => waitedMs };
}

const [server] = restServers;

describe.each(['a REST server', 'a folder'])('a limited line to %s', (where) => {
  it.skipIf(where !== 'a folder' && server?.missing !== '')(
    `makes every byte wait its turn, in its own direction${where === 'a folder' ? '' : server?.missing}`,
    async () => {
      let access: PlaceAccess;
      if (where === 'a folder') {
        const folder = mkdtempSync(join(tmpdir(), 'stillpoint-limited-'));
        close.push(() => rmSync(folder, { recursive: true }));
        access = { location: { kind: 'local', path: join(folder, 'r') } };
      } else {
        const started = await server?.start();
        close.push(() => started?.stop());
        access = {
          location: { kind: 'rest', url: `http://127.0.0.1:${started?.port}/r` },
          credentials: { kind: 'rest', user: testUser, password: testPassword },
        };
      }
      const { places, waitedMs } = limitedPlaces(() => []);
      const { backend } = places.of(id, access);
      const repository = await initRepository(backend, testOptions);
      await storeSnapshot(repository, { a: file(randomBytes(100 * kib).toString('latin1')) });
      expect(waitedMs()).toBe(0);
      // No limit, no wait. The same place, by somebody with limits:
      const { places: others, waitedMs: othersWaited } = limitedPlaces(() => limits);
      const limited = await openRepository(others.of(id, access).backend, testOptions);
      const opened = othersWaited();
      await storeSnapshot(limited, { b: file(randomBytes(600 * kib).toString('latin1')) });
      // As UTF-8; random bytes do not become shorter by compressing much.
      const stored = 600 * kib;
      const uploadMs = othersWaited() - opened;
      expect(uploadMs).toBeGreaterThan((stored / (64 * kib)) * 1000 * 0.9);
      const beforeReading = othersWaited();
      await assertHealthy(limited);
      const downloadMs = othersWaited() - beforeReading;
      expect(downloadMs).toBeGreaterThan((stored / (128 * kib)) * 1000 * 0.9);
    },
  );
});
