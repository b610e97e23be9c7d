import { afterEach, describe, expect, it } from 'vitest';
import type { PlaceCredentials } from '../../../../shared/domain/location.ts';
import type { HeldLock } from '../locks/held-lock.ts';
import { initRepository, openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { testOptions } from '../testing/memory-repository.ts';
import { restServers, testPassword, testUser } from '../testing/servers/rest-servers.ts';
import { emulationKeys, S3Emulation, type S3EmulationSettings } from '../testing/servers/s3-emulation.ts';
import { startingProgram } from '../testing/start-program.ts';
import { file, storeSnapshot } from '../testing/tree-literal.ts';
import { withWriter } from '../testing/with-writer.ts';
import { openRemote, type RemoteLocation } from './open-remote.ts';

interface Place {
  readonly location: RemoteLocation;
  readonly credentials: PlaceCredentials;
  readonly stop: () => Promise<void>;
}

interface Kind {
  readonly name: string;
  readonly missing: string;
  readonly start: () => Promise<Place>;
  /** Whether a lock may be taken back. */
  readonly letsLocksGo: boolean;
}

const s3 = (name: string, settings: S3EmulationSettings, letsLocksGo: boolean): Kind => ({
  ...{ name, missing: '', letsLocksGo },
  start: async () => {
    const server = await S3Emulation.start(settings);
    return {
      location: { kind: 's3', endpoint: `http://127.0.0.1:${server.port}`, bucket: 'kept', prefix: 'r' },
      credentials: { kind: 's3', ...emulationKeys },
      stop: () => server.stop(),
    };
  },
});

const kinds: readonly Kind[] = [
  ...restServers.map(
    (server): Kind => ({
      ...{ name: `${server.name} --append-only`, missing: server.missing, letsLocksGo: true },
      start: async () => {
        const { port, stop } = await server.start({ appendOnly: true });
        return {
          location: { kind: 'rest', url: `http://127.0.0.1:${port}/r` },
          credentials: { kind: 'rest', user: testUser, password: testPassword },
          stop,
        };
      },
    }),
  ),
  s3('a bucket whose policy lets only locks be deleted', { mayDelete: (key) => key.includes('/locks/') }, true),
  s3('a bucket whose policy lets nothing be deleted', { mayDelete: () => false }, false),
];

describe.each(kinds.map((kind) => [`${kind.name}${kind.missing}`, kind] as const))('%s', (_, kind) => {
  let close: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const each of close.reverse()) await each();
    close = [];
  });

  async function made(): Promise<{ repository: Repository; again: () => Promise<Repository> }> {
    const { location, credentials, stop } = await kind.start();
    close.push(stop);
    const backend = () => {
      const place = openRemote(location, credentials, { startProgram: startingProgram(), readText: () => '' });
      close.push(() => place.close());
      return place.backend;
    };
    return {
      repository: await initRepository(backend(), testOptions),
      again: () => openRepository(backend(), testOptions),
    };
  }

  it.skipIf(kind.missing !== '')('takes backups, and reads them, run after run', async () => {
    const { repository, again } = await made();
    await storeSnapshot(repository, { a: file('one') });
    await storeSnapshot(repository, { a: file('one'), b: file('two') });
    const other = await again();
    await storeSnapshot(other, { c: file('three') });
    expect((await other.snapshots.list()).snapshots).toHaveLength(3);
    expect((await other.locks.list()).length > 0).toBe(!kind.letsLocksGo);
    await assertHealthy(other);
  });

  it.skipIf(kind.missing !== '')('gives no snapshot and no space away, and says why', async () => {
    const { repository, again } = await made();
    const { id } = await storeSnapshot(repository, { a: file('one') });
    // In no snapshot.
    await withWriter(repository, (writer) => writer.saveBlob('data', Buffer.from('unused')));
    const refused = { kind: 'not-permitted', context: { appendOnly: true } };
    const exclusively = <Result>(work: (lock: HeldLock) => Promise<Result>) =>
      repository.locks.withLock({ mode: 'exclusive' }, work);
    const forgetting = exclusively((lock) => repository.snapshots.remove(lock, [id]));
    await expect(forgetting).rejects.toMatchObject(refused);
    await expect(forgetting).rejects.toThrow(/does not let anything be deleted/);
    const pruning = exclusively(async (lock) => {
      const plan = await repository.planReclaim(lock, new Set());
      expect(plan.packs).toBe(1);
      await plan.carryOut();
    });
    await expect(pruning).rejects.toMatchObject(refused);
    // Nobody else is kept out by a lock that stays.
    expect((await (await again()).locks.list()).filter(({ mode }) => mode === 'exclusive')).toEqual([]);
    expect((await (await again()).snapshots.list()).snapshots.map((snapshot) => snapshot.id)).toEqual([id]);
    await assertHealthy(await again());
  });
});
