import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../crypto/hash.ts';
import { backendConformance } from '../../testing/backend-conformance.ts';
import { startS3rver, testKeys } from '../../testing/servers/s3-servers.ts';
import type { TestServer } from '../../testing/servers/server-process.ts';
import { NodeHttpClient } from '../http/node-http-client.ts';
import { S3Backend } from './s3-backend.ts';

describe('s3rver', () => {
  let server: TestServer;
  let count = 0;
  beforeAll(async () => {
    server = await startS3rver();
  });
  afterAll(() => server.stop());
  const at = (bucket: string, prefix = '', credentials = testKeys): S3Backend =>
    new S3Backend(new NodeHttpClient(), {
      endpoint: new URL(`http://127.0.0.1:${server.port}`),
      ...{ bucket, prefix, credentials, location: `s3:http://127.0.0.1/${bucket}` },
    });

  for (const prefix of ['', 'a/prefix with ü'])
    backendConformance(`a repository in a bucket of s3rver${prefix && ', below a prefix'}`, async () => {
      count += 1;
      const [backend, other] = [at(`bucket-${count}`, prefix), at(`bucket-${count}`, prefix)];
      return {
        backend,
        other,
        dispose: async () => {
          await Promise.all([backend.close(), other.close()]);
        },
      };
    });

  it('lists more than one page', async () => {
    const backend = at('many');
    await backend.prepare();
    await backend.save({ kind: 'config' }, Buffer.from('x'));
    const files = Array.from({ length: 1100 }, (_, index) => Buffer.from(String(index)));
    for (let from = 0; from < files.length; from += 50)
      await Promise.all(
        files.slice(from, from + 50).map((bytes) => backend.save({ kind: 'lock', name: sha256(bytes) }, bytes)),
      );
    expect((await backend.list('lock')).length).toBe(1100);
    await backend.close();
  });

  it('says that the key is wrong, and nothing of the secret', async () => {
    const backend = at('x', '', { accessKeyId: 'S3RVER', secretAccessKey: 'guessed-wrong' });
    const error = await backend.probe().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ kind: 'not-permitted', field: 'credentials' });
    expect(`${(error as Error).message}${JSON.stringify(error)}`).not.toContain('guessed-wrong');
    await backend.close();
  });

  it('says that there is no bucket', async () => {
    const backend = at('nowhere');
    expect(await backend.probe()).toBe('absent');
    await expect(backend.list('pack')).rejects.toMatchObject({ kind: 'repository-absent' });
    await backend.close();
  });
});
