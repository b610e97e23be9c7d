import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlaceCredentials } from '../../../../../shared/domain/location.ts';
import type { RemoteLocation } from '../../backend/open-remote.ts';
import { startingProgram } from '../start-program.ts';
import { restServers, testPassword, testUser } from './rest-servers.ts';
import { startS3rver, testKeys } from './s3-servers.ts';
import { findServerProgram } from './server-process.ts';
import { sshdMissing, startSshd } from './sshd.ts';

/** A real server with a repository's place on it. */
export interface RemotePlaceUnderTest {
  /** Where clients connect; 0 where there is no port. */
  readonly port: number;
  readonly credentials?: PlaceCredentials | undefined;
  readonly startProgram: ReturnType<typeof startingProgram>;
  /** The place as it is reached on a port: its own, or that of a proxy before it. */
  location(path: string, port: number): RemoteLocation;
  /** How restic is told the same place. */
  restic(path: string): {
    readonly repository: string;
    readonly env: Record<string, string>;
    readonly options: string[];
  };
  stop(): Promise<void>;
}

export interface RemoteKind {
  readonly name: string;
  /** Why it cannot run here; empty when it can. */
  readonly missing: string;
  start(): Promise<RemotePlaceUnderTest>;
}

const rclone = findServerProgram('rclone');

export const remoteKinds: readonly RemoteKind[] = [
  ...restServers.map(
    (kind): RemoteKind => ({
      name: kind.name,
      missing: kind.missing,
      start: async () => {
        const { port, stop } = await kind.start();
        const user = encodeURIComponent(testUser);
        const password = encodeURIComponent(testPassword);
        return {
          ...{ port, stop, startProgram: startingProgram() },
          credentials: { kind: 'rest', user: testUser, password: testPassword },
          location: (path, at) => ({ kind: 'rest', url: `http://127.0.0.1:${at}/${path}` }),
          restic: (path) => ({
            repository: `rest:http://${user}:${password}@127.0.0.1:${port}/${path}/`,
            ...{ env: {}, options: [] },
          }),
        };
      },
    }),
  ),
  {
    name: 's3rver',
    missing: '',
    start: async () => {
      const { port, stop } = await startS3rver({ signatures: 'any' });
      return {
        ...{ port, stop, startProgram: startingProgram() },
        credentials: { kind: 's3', ...testKeys },
        location: (bucket, at) => ({ kind: 's3', endpoint: `http://127.0.0.1:${at}`, bucket, prefix: 'stillpoint' }),
        restic: (bucket) => ({
          repository: `s3:http://127.0.0.1:${port}/${bucket}/stillpoint`,
          env: { AWS_ACCESS_KEY_ID: testKeys.accessKeyId, AWS_SECRET_ACCESS_KEY: testKeys.secretAccessKey },
          options: [],
        }),
      };
    },
  },
  {
    name: 'OpenSSH',
    missing: sshdMissing,
    start: async () => {
      const { port, stop, folder, place } = await startSshd();
      const { user = '', keyFile = '', knownHostsFile = '' } = place;
      // As somebody has it who uses another file of known hosts: a configuration of ssh, and no option of ours.
      const config = join(folder, 'ssh_config');
      writeFileSync(config, `UserKnownHostsFile ${knownHostsFile}\n`);
      const start = startingProgram();
      return {
        ...{ port, stop },
        startProgram: (name, args) => start(name, [...(name === 'ssh' ? ['-F', config] : []), ...args]),
        location: (path, at) => ({
          ...{ kind: 'sftp', host: '127.0.0.1', user, port: at, keyFile },
          path: join(folder, path),
        }),
        restic: (path) => ({
          repository: `sftp:${user}@127.0.0.1:${join(folder, path)}`,
          env: {},
          options: [
            '-o',
            `sftp.command=ssh -F ${config} -o BatchMode=yes -p ${port} -i ${keyFile} -l ${user} 127.0.0.1 -s sftp`,
          ],
        }),
      };
    },
  },
  {
    name: 'rclone',
    missing: rclone.missing,
    start: async () => {
      const home = mkdtempSync(join(tmpdir(), 'stillpoint-rclone-'));
      const env = { HOME: home, RCLONE_CONFIG: join(home, 'rclone.conf') };
      writeFileSync(env.RCLONE_CONFIG, `[shed]\ntype = alias\nremote = ${home}/shed\n`);
      return {
        ...{ port: 0, startProgram: startingProgram(env) },
        location: (path) => ({ kind: 'rclone', remote: `shed:${path}` }),
        restic: (path) => ({ repository: `rclone:shed:${path}`, env, options: [] }),
        stop: async () => rmSync(home, { recursive: true }),
      };
    },
  },
];
