import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../crypto/hash.ts';
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

  it('loses one program and no more when it ends in the middle of everything', async () => {
    const start = startingProgram({ HOME: home, RCLONE_CONFIG: join(home, 'rclone.conf') });
    const programs: ReturnType<typeof start>[] = [];
    const http = new RcloneHttp((name, args) => {
      const program = start(name, args);
      programs.push(program);
      return program;
    }, 'shed:ending');
    const backend = new RestBackend(http, { url: new URL('http://localhost/'), location: 'rclone:shed:ending' });
    await backend.prepare();
    await backend.save({ kind: 'config' }, Buffer.from('x'));
    for (let round = 1; round <= 5; round += 1) {
      const files = Array.from({ length: 6 }, (_, index) => Buffer.alloc(4_000_000, round * 10 + index));
      const saves = files.map((bytes) => backend.save({ kind: 'pack', name: sha256(bytes) }, bytes));
      if (round > 1) programs.at(-1)?.kill();
      for (const { status, ...rest } of await Promise.allSettled(saves))
        if (status === 'rejected') expect(rest).toMatchObject({ reason: { context: { transient: true } } });
      expect(await backend.stat({ kind: 'config' })).toBe(1);
    }
    expect(programs.length).toBeGreaterThan(1);
    await backend.close();
  });

  it('says what rclone says of a remote that is not there', async () => {
    const backend = at('nowhere:x');
    await expect(backend.probe()).rejects.toMatchObject({ kind: 'io', context: { remote: 'nowhere:x' } });
    await expect(backend.probe()).rejects.toThrow(/nowhere/);
    await backend.close();
  });
});
