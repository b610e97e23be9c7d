import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCertificate } from './certificates.ts';
import { findServerProgram, type ServerCommand, startServer, type TestServer } from './server-process.ts';

/** Path of restic's own rest-server, which not every release of Debian has. */
export const restServerVariable = 'STILLPOINT_REST_SERVER';

export const testUser = 'anna';
export const testPassword = 'a secret of the server';

export interface RestServerKind {
  readonly name: string;
  /** Why it cannot run here; empty when it can. */
  readonly missing: string;
  start(options?: {
    readonly appendOnly?: boolean;
    readonly tls?: TestCertificate | undefined;
    readonly folder?: string;
    readonly port?: number;
  }): Promise<TestServer>;
}

const rclone = findServerProgram('rclone');
const restServer = findServerProgram('restic-rest-server', restServerVariable);

/** What `rest-server` keeps passwords in: a file made by hand, SHA-1 because it needs no other program. */
function htpasswd(folder: string): string {
  const file = join(folder, '.htpasswd');
  const hash = createHash('sha1').update(testPassword).digest('base64');
  writeFileSync(file, `${testUser}:{SHA}${hash}\n`);
  return file;
}

/** Both want a user name and a password, and keep a repository in `folder/repository` in the layout of a local one. */
export const restServers: readonly RestServerKind[] = [
  {
    name: 'rclone serve restic',
    missing: rclone.missing,
    start: ({ appendOnly = false, tls, ...place } = {}) =>
      startServer(
        (port, folder): ServerCommand => ({
          program: rclone.path ?? '',
          args: [
            ...['serve', 'restic', '--config', join(folder, 'rclone.conf'), '--addr', `127.0.0.1:${port}`],
            ...['--htpasswd', htpasswd(folder), ...(appendOnly ? ['--append-only'] : [])],
            ...(tls ? ['--cert', tls.certFile, '--key', tls.keyFile] : []),
            folder,
          ],
        }),
        place,
      ),
  },
  {
    name: 'rest-server',
    missing: restServer.missing,
    start: ({ appendOnly = false, tls, ...place } = {}) =>
      startServer(
        (port, folder): ServerCommand => ({
          program: restServer.path ?? '',
          args: [
            ...['--path', folder, '--listen', `127.0.0.1:${port}`, '--htpasswd-file', htpasswd(folder)],
            ...(appendOnly ? ['--append-only'] : []),
            ...(tls ? ['--tls', '--tls-cert', tls.certFile, '--tls-key', tls.keyFile] : []),
          ],
        }),
        place,
      ),
  },
];
