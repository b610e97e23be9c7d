import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../crypto/hash.ts';
import { initRepository, openRepository } from '../open.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { backendConformance } from '../testing/backend-conformance.ts';
import { testOptions } from '../testing/memory-repository.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { BadLine, hurriedTo, speaksHttp } from '../testing/servers/bad-line.ts';
import { answer500, answer503, type Fault } from '../testing/servers/fault-proxy.ts';
import { remoteKinds } from '../testing/servers/remote-places.ts';
import { isThorough } from '../testing/thorough.ts';
import { file, storeSnapshot } from '../testing/tree-literal.ts';
import { withWriter } from '../testing/with-writer.ts';

const megabyte = 1024 * 1024;

const everyTrouble: readonly Fault[] = [
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

/** The line of rclone is a pipe. */
const kinds = remoteKinds.filter(({ name }) => name !== 'rclone');

for (const kind of kinds)
  describe.skipIf(kind.missing !== '')(`${kind.name} behind a bad line${kind.missing}`, () => {
    let line: BadLine;
    let count = 0;
    const all = speaksHttp(kind) ? [...troubleOfHttp, ...everyTrouble] : everyTrouble;
    // One server has them all in every run; the ways of the others differ little.
    const troubles = isThorough || kind === kinds[0] ? all : all.slice(0, 3);
    const hurried = hurriedTo(kind);
    beforeAll(async () => {
      line = await BadLine.to(kind);
    });
    afterAll(() => line[Symbol.asyncDispose]());
    beforeEach(() => {
      count += 1;
      line.proxy.heal();
    });
    afterEach(() => line.closePlaces());

    if (speaksHttp(kind))
      backendConformance(`a place on ${kind.name}, every other connection bad,`, async () => {
        const { proxy } = line;
        const [one, two] = [line.place(`conforming-${count}`, hurried), line.place(`conforming-${count}`, hurried)];
        await one.backend.prepare();
        proxy.fail((connection) =>
          connection % 2 === 1 ? troubles[((connection - 1) / 2) % troubles.length] : undefined,
        );
        return {
          backend: one.backend,
          other: two.backend,
          tellsTimes: kind.name.startsWith('s3'),
          dispose: async () => proxy.heal(),
        };
      });

    it.each(troubles.map((fault) => [JSON.stringify(fault).slice(0, 60), fault] as const))(
      'costs time, not data: %s',
      async (_, fault) => {
        const { proxy } = line;
        const patience = fault.kind === 'stall' ? hurried : undefined;
        const { backend } = line.place(`trouble-${count}`, patience);
        const repository = await initRepository(backend, { ...testOptions, packTarget: megabyte });
        const before = proxy.happened;
        proxy.failTimes(fault, fault.kind === 'stall' ? 1 : 2);
        const noise = new SeededRandom(count).bytes(2 * megabyte).toString('latin1');
        await storeSnapshot(repository, { a: file(noise), b: file('small') });
        proxy.failTimes(fault, 1);
        await assertHealthy(await openRepository(line.place(`trouble-${count}`, patience).backend, testOptions));
        expect(proxy.happened).toBeGreaterThan(before);
      },
    );

    it('reads what is changed on its way again, and believes none of it', async () => {
      const { backend } = line.place('flipped');
      const bytes = new SeededRandom(3).bytes(megabyte);
      const name = sha256(bytes);
      await backend.prepare();
      await backend.save({ kind: 'config' }, Buffer.from('x'));
      await backend.save({ kind: 'pack', name }, bytes);
      line.proxy.failTimes({ kind: 'flip', atByte: 500_000 }, 1);
      expect((await backend.load({ kind: 'pack', name }))?.equals(bytes)).toBe(true);
      expect(line.proxy.happened).toBeGreaterThan(0);
    });
  });

/** Most of what a line costs that is dead for good is waiting, which all can do at once. */
describe.concurrent('an upload that is given up on a dead line goes on where it was:', () => {
  it.for(kinds.map((kind) => [`${kind.name}${kind.missing}`, kind] as const))(
    'behind %s',
    async ([, kind], { skip, expect: expectHere }) => {
      if (kind.missing !== '') skip(kind.missing);
      await using line = await BadLine.to(kind);
      const options = { ...testOptions, packTarget: 256 * 1024 };
      const repository = await initRepository(line.place('resumed', hurriedTo(kind)).backend, options);
      const stored = line.place('resumed').backend;
      const random = new SeededRandom(9);
      const blobs = Array.from({ length: 24 }, () => random.bytes(128 * 1024));
      const controller = new AbortController();
      const first = repository.locks.withLock({ mode: 'shared' }, (lock) =>
        repository.withWriter(lock, { signal: controller.signal }, async (writer) => {
          for (const blob of blobs.slice(0, 12)) await writer.saveBlob('data', blob);
          await until(async () => (await stored.list('pack')).length >= 4);
          // The line dies and somebody loses patience.
          line.proxy.fail(() => ({ kind: 'stall', direction: 'up', afterBytes: 0 }));
          setTimeout(() => controller.abort(), 200);
          for (const blob of blobs.slice(12)) await writer.saveBlob('data', blob);
        }),
      );
      await expectHere(first).rejects.toMatchObject({ kind: 'cancelled' });
      line.proxy.heal();
      const again = await openRepository(line.place('resumed').backend, options);
      // The lock that could not be taken back is removed as soon as the line is there again.
      await until(async () => (await again.locks.list()).length === 0);
      const { blobsKnown, blobsNew } = await withWriter(again, async (writer) => {
        for (const blob of blobs) await writer.saveBlob('data', blob);
        return writer.progress;
      });
      expectHere(blobsKnown).toBeGreaterThanOrEqual(8);
      expectHere(blobsKnown + blobsNew).toBe(24);
      await assertHealthy(again);
    },
  );
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) if (await isSo()) return;
  throw new Error('it never came to that');
}
