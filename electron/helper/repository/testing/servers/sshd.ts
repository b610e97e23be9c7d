import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { SshPlace } from '../../backend/sftp/ssh-arguments.ts';
import { findServerProgram, startServer, type TestServer } from './server-process.ts';

const sshd = findServerProgram('sshd');
const keygen = findServerProgram('ssh-keygen');
const sftpServer = ['/usr/lib/openssh/sftp-server', '/usr/libexec/openssh/sftp-server'].find((path) =>
  existsSync(path),
);

/** Why there is no SSH server here; empty when there is. */
export const sshdMissing =
  sshd.missing || keygen.missing || (sftpServer === undefined ? ' (needs OpenSSH’s sftp-server)' : '');

export interface SshServer extends TestServer {
  /** How its only user is let in. */
  readonly place: SshPlace;
}

/**
 * OpenSSH on the loopback, with keys of its own, for whoever runs the test. `refused` names requests that its file transfer
 * does not serve, as `sftp-server -P` takes them.
 */
export async function startSshd(
  settings: { readonly port?: number; readonly folder?: string; readonly refused?: string } = {},
): Promise<SshServer> {
  const server = await startServer((port, folder) => {
    const hostKey = newKey(folder, 'host');
    const userKey = newKey(folder, 'user');
    writeFileSync(join(folder, 'authorized'), publicKey(userKey), { mode: 0o600 });
    writeFileSync(join(folder, 'known'), `[127.0.0.1]:${port} ${publicKey(hostKey)}`);
    const refused = settings.refused === undefined ? '' : ` -P ${settings.refused}`;
    writeFileSync(
      join(folder, 'sshd_config'),
      [
        `ListenAddress 127.0.0.1:${port}`,
        ...[
          `HostKey ${hostKey}`,
          `PidFile ${join(folder, 'sshd.pid')}`,
          `AuthorizedKeysFile ${join(folder, 'authorized')}`,
        ],
        ...['PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'UsePAM no', 'StrictModes no'],
        `Subsystem sftp ${sftpServer}${refused}`,
      ].join('\n'),
    );
    // Where it gives up its rights before somebody is let in.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    return { program: sshd.path ?? '', args: ['-D', '-e', '-f', join(folder, 'sshd_config')] };
  }, settings);
  const { port, folder } = server;
  const place: SshPlace = {
    ...{ host: '127.0.0.1', port, user: userInfo().username },
    ...{ keyFile: join(folder, 'user'), knownHostsFile: join(folder, 'known') },
  };
  return { ...server, place };
}

function newKey(folder: string, name: string): string {
  const path = join(folder, name);
  if (!existsSync(path)) execFileSync(keygen.path ?? '', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]);
  return path;
}

function publicKey(path: string): string {
  return execFileSync('cat', [`${path}.pub`], { encoding: 'utf8' });
}
