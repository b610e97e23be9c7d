import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendConformance } from '../../testing/backend-conformance.ts';
import { restServers, testPassword, testUser } from '../../testing/servers/rest-servers.ts';
import type { TestServer } from '../../testing/servers/server-process.ts';
import { NodeHttpClient } from '../http/node-http-client.ts';
import { RestBackend } from './rest-backend.ts';

const credentials = { user: testUser, password: testPassword };

for (const kind of restServers) {
  describe.skipIf(kind.missing !== '')(`${kind.name}${kind.missing}`, () => {
    let server: TestServer;
    let count = 0;
    beforeAll(async () => {
      server = await kind.start();
    });
    afterAll(() => server.stop());
    const at = (path: string, who: typeof credentials | undefined = credentials): RestBackend =>
      new RestBackend(new NodeHttpClient(), {
        url: new URL(`http://127.0.0.1:${server.port}/${path}`),
        credentials: who,
      });

    backendConformance(`a repository behind ${kind.name}`, async () => {
      count += 1;
      const [backend, other] = [at(`c${count}`), at(`c${count}`)];
      return {
        backend,
        other,
        tellsTimes: false,
        dispose: async () => {
          await Promise.all([backend.close(), other.close()]);
        },
      };
    });

    it('does not let in who does not know the password, and says nothing of it', async () => {
      const backend = at('x', { user: testUser, password: 'guessed-wrong' });
      const error = await backend.probe().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ kind: 'not-permitted', field: 'credentials' });
      expect(`${(error as Error).message}${JSON.stringify(error)}${backend.location}`).not.toMatch(
        /guessed-wrong|anna/,
      );
      await backend.close();
    });
  });
}
