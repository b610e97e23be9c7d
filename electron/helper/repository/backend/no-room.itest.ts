import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlaceCredentials } from '../../../../shared/domain/location.ts';
import { sha256 } from '../crypto/hash.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { restServers, testPassword, testUser } from '../testing/servers/rest-servers.ts';
import { findServerProgram } from '../testing/servers/server-process.ts';
import { sshdMissing, startSshd } from '../testing/servers/sshd.ts';
import { startingProgram } from '../testing/start-program.ts';
import { openRemote, type RemoteLocation, type RemotePlace } from './open-remote.ts';

const isRoot = process.getuid?.() === 0;
const rclone = findServerProgram('rclone');

interface Server {
  readonly location: RemoteLocation;
  readonly credentials?: PlaceCredentials;
  readonly env?: Record<string, string>;
  stop(): Promise<void>;
}

/**
 * Each keeps what it gets in the folder, which is on a disk of a few MiB. Of REST servers only the one that tells: rclone's
 * answers 500 whatever happened, and says why in its own log.
 */
const kinds: readonly { name: string; missing: string; start: (folder: string) => Promise<Server> }[] = [
  ...restServers
    .filter(({ name }) => name === 'rest-server')
    .map((kind) => ({
      ...{ name: kind.name, missing: kind.missing },
      start: async (folder: string): Promise<Server> => {
        const { port, stop } = await kind.start({ folder });
        return {
          location: { kind: 'rest', url: `http://127.0.0.1:${port}/r` },
          credentials: { kind: 'rest', user: testUser, password: testPassword },
          stop,
        };
      },
    })),
  {
    name: 'OpenSSH',
    missing: sshdMissing,
    start: async (folder) => {
      const { place, stop } = await startSshd();
      return { location: { kind: 'sftp', ...place, path: join(folder, 'r') }, stop };
    },
  },
  {
    name: 'rclone',
    missing: rclone.missing,
    start: async (folder) => {
      const env = { HOME: folder, RCLONE_CONFIG: join(folder, 'rclone.conf') };
      writeFileSync(env.RCLONE_CONFIG, `[shed]\ntype = alias\nremote = ${folder}/shed\n`);
      return { location: { kind: 'rclone', remote: 'shed:r' }, env, stop: async () => {} };
    },
  },
];

describe.skipIf(!isRoot)('a server whose disk is full (needs root to mount one)', () => {
  let folder: string;
  let server: Server | undefined;
  let place: RemotePlace | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stillpoint-no-room-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0700', 'stillpoint-test', folder]);
  });
  afterEach(async () => {
    await place?.close();
    await server?.stop();
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  });

  for (const { name, missing, start } of kinds)
    it.skipIf(missing !== '')(`is said to be full, and not tried again and again: ${name}${missing}`, async () => {
      mkdirSync(join(folder, 'shed'));
      server = await start(folder);
      const { location, credentials, env } = server;
      place = openRemote(location, credentials, { startProgram: startingProgram(env), readText: () => '' });
      const { backend } = place;
      await backend.prepare();
      await backend.save({ kind: 'config' }, Buffer.from('x'));
      const random = new SeededRandom(5);
      const stored: string[] = [];
      const fill = async (): Promise<void> => {
        for (;;) {
          const bytes = random.bytes(700_000);
          await backend.save({ kind: 'pack', name: sha256(bytes) }, bytes);
          stored.push(sha256(bytes));
        }
      };
      const error: unknown = await fill().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ kind: 'repository-full', retryable: true });
      expect(String((error as { guidance: unknown }).guidance)).toMatch(/room/);
      expect(stored.length).toBeGreaterThan(2);
      expect((await backend.list('pack')).map((pack) => pack.name).sort()).toEqual([...stored].sort());
      const [first = ''] = stored;
      expect(await backend.remove({ kind: 'pack', name: first })).toBe(true);
      const last = random.bytes(500_000);
      await backend.save({ kind: 'pack', name: sha256(last) }, last);
    });
});
