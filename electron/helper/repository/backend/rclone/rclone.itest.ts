import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendConformance } from '../../testing/backend-conformance.ts';
import { findServerProgram } from '../../testing/servers/server-process.ts';
import { startingProgram } from '../../testing/start-program.ts';
import { RestBackend } from '../rest/rest-backend.ts';
import { RcloneHttp } from './rclone-http.ts';

const { missing } = findServerProgram('rclone');

describe.skipIf(missing !== '')(`through rclone${missing}`, () => {
  let home: string;
  let count = 0;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'stillpoint-rclone-'));
    writeFileSync(join(home, 'rclone.conf'), `[shed]\ntype = alias\nremote = ${home}/shed\n`);
  });
  afterAll(() => rmSync(home, { recursive: true }));
  const at = (remote: string): RestBackend => {
    const start = startingProgram({ HOME: home, RCLONE_CONFIG: join(home, 'rclone.conf') });
    const http = new RcloneHttp(start, remote);
    return new RestBackend(http, { url: new URL('http://localhost/'), location: `rclone:${remote}` });
  };

  backendConformance('a repository through rclone', async () => {
    count += 1;
    const [backend, other] = [at(`shed:c${count}`), at(`shed:c${count}`)];
    return {
      backend,
      other,
      tellsTimes: false,
      dispose: async () => {
        await Promise.all([backend.close(), other.close()]);
      },
    };
  });

  it('says what rclone says of a remote that is not there', async () => {
    const backend = at('nowhere:x');
    await expect(backend.probe()).rejects.toMatchObject({ kind: 'io', context: { remote: 'nowhere:x' } });
    await expect(backend.probe()).rejects.toThrow(/nowhere/);
    await backend.close();
  });
});
