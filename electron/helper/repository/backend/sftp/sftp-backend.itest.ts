import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendConformance } from '../../testing/backend-conformance.ts';
import { type SshServer, sshdMissing, startSshd } from '../../testing/servers/sshd.ts';
import { startingProgram } from '../../testing/start-program.ts';
import { SftpBackend } from './sftp-backend.ts';
import { SftpSession } from './sftp-session.ts';
import type { SshPlace } from './ssh-arguments.ts';

const servers = { 'OpenSSH’s sftp-server': undefined, 'an sftp-server without extensions': 'posix-rename,fsync' };

describe.skipIf(sshdMissing !== '')(`over SSH${sshdMissing}`, () => {
  for (const [name, refused] of Object.entries(servers)) {
    describe(name, () => {
      let server: SshServer;
      let count = 0;
      const sessionTo = (place: Partial<SshPlace> = {}): SftpSession =>
        new SftpSession(startingProgram(), { ...server.place, ...place }, 'sftp:127.0.0.1:/r');
      const at = (folder: string, session: SftpSession): SftpBackend =>
        new SftpBackend(session, join(server.folder, folder));
      // As two processes have them; connecting anew for each test would be most of the time.
      let sessions: SftpSession[] = [];
      beforeAll(async () => {
        server = await startSshd(refused === undefined ? {} : { refused });
        sessions = [sessionTo(), sessionTo()];
      });
      afterAll(async () => {
        await Promise.all(sessions.map((session) => session.close()));
        await server.stop();
      });

      backendConformance(`a repository behind ${name}`, async () => {
        count += 1;
        const [backend, other] = sessions.map((session) => at(`c${count}`, session));
        if (!backend || !other) throw new Error('there is no connection');
        return { backend, other, dispose: async () => {} };
      });

      it('gives nothing to a server that is not known', async () => {
        const backend = at('x', sessionTo({ knownHostsFile: '/dev/null' }));
        await expect(backend.probe()).rejects.toMatchObject({ kind: 'not-permitted', field: 'location.host' });
      });

      it('says that the server does not let us in', async () => {
        const backend = at('x', sessionTo({ keyFile: join(server.folder, 'host') }));
        await expect(backend.probe()).rejects.toMatchObject({ kind: 'not-permitted', field: 'location.keyFile' });
      });
    });
  }
});
