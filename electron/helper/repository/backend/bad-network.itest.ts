import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../crypto/hash.ts';
import { initRepository, openRepository } from '../open.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { backendConformance } from '../testing/backend-conformance.ts';
import { testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { answer500, answer503, type Fault, FaultProxy } from '../testing/servers/fault-proxy.ts';
import { type RemotePlaceUnderTest, remoteKinds } from '../testing/servers/remote-places.ts';
import { file, storeSnapshot } from '../testing/tree-literal.ts';
import { withWriter } from '../testing/with-writer.ts';
import { openRemote, type Patience, type RemotePlace } from './open-remote.ts';

const megabyte = 1024 * 1024;
const hurried: Patience = {
  silenceMs: 1_000,
  retries: { firstDelayMs: 5, longestDelayMs: 50, giveUpAfterMs: 60_000 },
};
const patience = { run: hurried, look: hurried };

const everyTrouble: readonly (Fault | undefined)[] = [
  { kind: 'cut', direction: 'up', afterBytes: 3_000 },
  { kind: 'cut', direction: 'down', afterBytes: 2_500 },
  { kind: 'stall', direction: 'up', afterBytes: 40_000 },
  { kind: 'truncate', afterBytes: 2_700 },
  { kind: 'stall', direction: 'down', afterBytes: 4_000 },
  { kind: 'cut', direction: 'up', afterBytes: 700_000 },
];
/** Before a line that is encrypted they are only a cut. */
const troubleOfHttp: readonly Fault[] = [
  { kind: 'answer', text: answer500 },
  { kind: 'answer', text: answer503 },
];

for (const kind of remoteKinds.filter(({ name }) => name !== 'rclone'))
  describe.skipIf(kind.missing !== '')(`${kind.name} behind a bad line${kind.missing}`, () => {
    let server: RemotePlaceUnderTest;
    let proxy: FaultProxy;
    let count = 0;
    const isHttp = kind.name !== 'OpenSSH';
    const troubles = isHttp ? [...troubleOfHttp, ...everyTrouble] : everyTrouble;
    beforeAll(async () => {
      server = await kind.start();
      proxy = await FaultProxy.before(server.port);
    });
    afterAll(async () => {
      await proxy.close();
      await server.stop();
    });

    // A server whose key is kept for another port is another one: over SSH the proxy is told by its own.
    const startProgram: RemotePlaceUnderTest['startProgram'] = (name, args) =>
      server.startProgram(name, ['-o', `HostKeyAlias=[127.0.0.1]:${server.port}`, ...args]);
    const place = (path: string): RemotePlace =>
      openRemote(server.location(path, proxy.port), server.credentials, { startProgram, readText: () => '' }, patience);

    let open: RemotePlace[] = [];
    const placeOfTest = (path: string): RemotePlace => {
      const made = place(path);
      open.push(made);
      return made;
    };
    beforeEach(() => {
      count += 1;
      open = [];
      proxy.heal();
    });
    afterEach(async () => {
      await Promise.all(open.map((each) => each.close()));
    });

    if (isHttp)
      backendConformance(`a place on ${kind.name}, every other connection bad,`, async () => {
        const [one, two] = [place(`conforming-${count}`), place(`conforming-${count}`)];
        await one.backend.prepare();
        proxy.fail((connection) =>
          connection % 2 === 1 ? troubles[((connection - 1) / 2) % troubles.length] : undefined,
        );
        return {
          backend: one.backend,
          other: two.backend,
          tellsTimes: kind.name === 's3rver',
          dispose: async () => {
            proxy.heal();
            await Promise.all([one.close(), two.close()]);
          },
        };
      });

    it.each(troubles.map((fault, index) => [JSON.stringify(fault).slice(0, 60), index] as const))(
      'costs time, not data: %s',
      async (_, index) => {
        const { backend } = placeOfTest(`trouble-${index}`);
        const repository = await initRepository(backend, { ...testOptions, packTarget: megabyte });
        const before = proxy.happened;
        proxy.failTimes(troubles[index], 2);
        const noise = new SeededRandom(index).bytes(2 * megabyte).toString('latin1');
        await storeSnapshot(repository, { a: file(noise), b: file('small') });
        proxy.failTimes(troubles[index], 1);
        const again = await openRepository(placeOfTest(`trouble-${index}`).backend, testOptions);
        await assertHealthy(again);
        expect(proxy.happened).toBeGreaterThan(before);
      },
    );

    it('reads what is changed on its way again, and believes none of it', async () => {
      const { backend } = placeOfTest('flipped');
      const bytes = new SeededRandom(3).bytes(megabyte);
      const name = sha256(bytes);
      await backend.prepare();
      await backend.save({ kind: 'config' }, Buffer.from('x'));
      await backend.save({ kind: 'pack', name }, bytes);
      proxy.fail((connection) => (connection === 1 ? { kind: 'flip', atByte: 500_000 } : undefined));
      expect((await backend.load({ kind: 'pack', name }))?.equals(bytes)).toBe(true);
      expect(proxy.happened).toBeGreaterThan(0);
    });

    it('an upload that is given up goes on where it was', async () => {
      const options = { ...testOptions, packTarget: 256 * 1024 };
      const repository = await initRepository(placeOfTest('resumed').backend, options);
      const random = new SeededRandom(9);
      const blobs = Array.from({ length: 24 }, () => random.bytes(128 * 1024));
      const controller = new AbortController();
      const first = repository.locks.withLock({ mode: 'shared' }, (lock) =>
        repository.withWriter(lock, { signal: controller.signal }, async (writer) => {
          for (const [index, blob] of blobs.entries()) {
            if (index === 12) {
              // The line dies and somebody loses patience.
              proxy.fail(() => ({ kind: 'stall', direction: 'up', afterBytes: 0 }));
              setTimeout(() => controller.abort(), 200);
            }
            await writer.saveBlob('data', blob);
          }
        }),
      );
      await sleep(0);
      await expect(first).rejects.toMatchObject({ kind: 'cancelled' });
      proxy.heal();
      const again = await openRepository(placeOfTest('resumed').backend, options);
      // The lock that could not be taken back is removed as soon as the line is there again.
      for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(100))
        if ((await again.locks.list()).length === 0) break;
      const { blobsKnown, blobsNew } = await withWriter(again, async (writer) => {
        for (const blob of blobs) await writer.saveBlob('data', blob);
        return writer.progress;
      });
      expect(blobsKnown).toBeGreaterThanOrEqual(10);
      expect(blobsKnown + blobsNew).toBe(24);
      await assertHealthy(again);
    });
  });
