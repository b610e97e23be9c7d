import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { initRepository, openRepository } from '../open.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { testOptions, testPassword } from '../testing/memory-repository.ts';
import { copyFiles, withFastKey } from '../testing/restic-made.ts';
import { ResticPlace } from '../testing/restic-program.ts';
import { type RemotePlaceUnderTest, remoteKinds } from '../testing/servers/remote-places.ts';
import { isThorough, judges } from '../testing/thorough.ts';
import { dir, file, storeSnapshot } from '../testing/tree-literal.ts';
import { LocalBackend } from './local/local-backend.ts';
import { openRemote, type RemotePlace } from './open-remote.ts';

const run = promisify(execFile);
const speaksRest = (name: string): boolean => name.startsWith('rclone') || name === 'rest-server';

for (const binary of judges())
  for (const kind of remoteKinds)
    describe.skipIf(binary.path === undefined || kind.missing !== '')(
      `${binary.title} and ours at one place: ${kind.name}${kind.missing}`,
      () => {
        let server: RemotePlaceUnderTest;
        let folder: string;
        let place: RemotePlace;
        let count = 0;
        beforeAll(async () => {
          server = await kind.start();
        });
        afterAll(() => server.stop());
        beforeEach(() => {
          count += 1;
          folder = mkdtempSync(join(tmpdir(), 'stillpoint-remote-'));
          writeFileSync(join(folder, 'password'), testPassword, { mode: 0o600 });
          mkdirSync(join(folder, 'data'));
          writeFileSync(join(folder, 'data/a'), 'what restic stored');
          const ports = { startProgram: server.startProgram, readText: () => '' };
          place = openRemote(server.location(`shared-${count}`, server.port), server.credentials, ports);
        });
        afterEach(async () => {
          await place.close();
          rmSync(folder, { recursive: true });
        });

        const restic = async (...command: string[]): Promise<string> => {
          const { repository, env, options } = server.restic(`shared-${count}`);
          const args = ['-r', repository, '--password-file', join(folder, 'password'), '--no-cache', ...options];
          const { stdout } = await run(binary.path ?? '', [...args, ...command], {
            env: { PATH: process.env.PATH, HOME: folder, ...env },
          });
          return stdout;
        };

        it('opens what we made, and we read what it adds', async () => {
          const repository = await initRepository(place.backend, testOptions);
          await storeSnapshot(repository, { folder: dir({ one: file('from us') }), two: file('x'.repeat(100_000)) });
          await restic('check', '--read-data');
          await restic('backup', join(folder, 'data'));
          const again = await openRepository(place.backend, testOptions);
          expect((await again.snapshots.list()).snapshots.length).toBe(2);
          await assertHealthy(again);
          expect(await restic('cat', 'config')).toContain(repository.id);
          expect(JSON.parse((await restic('list', 'locks', '--json', '--no-lock')) || '[]')).toEqual([]);
        });

        it('makes what we open, and reads what we add', async () => {
          // To restic every server of its protocol is the same: one that it made at another is as good.
          if (isThorough || kind.name === 'rest-server' || !speaksRest(kind.name)) {
            await restic('init', '--repository-version', '2');
            await withFastKey(place.backend, testPassword);
          } else {
            using made = new ResticPlace(binary.path ?? '', testPassword);
            await made.restic('init', '--repository-version', '2');
            await copyFiles(new LocalBackend(made.root), place.backend);
          }
          await restic('backup', join(folder, 'data'));
          const repository = await openRepository(place.backend, testOptions);
          const { id, tree } = await storeSnapshot(repository, { mine: file('from us, too') });
          await assertHealthy(repository);
          await restic('check', '--read-data');
          expect(await restic('dump', id, '/mine')).toBe('from us, too');
          expect((await repository.loadTree(tree)).nodes.length).toBe(1);
        });
      },
    );
