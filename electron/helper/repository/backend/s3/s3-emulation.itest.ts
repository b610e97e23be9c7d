import { afterEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../crypto/hash.ts';
import { backendConformance } from '../../testing/backend-conformance.ts';
import { emulationKeys, S3Emulation, type S3EmulationSettings } from '../../testing/servers/s3-emulation.ts';
import { retrying } from '../decorators/retry.ts';
import type { HttpClient } from '../http/contract.ts';
import { NodeHttpClient } from '../http/node-http-client.ts';
import { S3Backend, type S3Options } from './s3-backend.ts';

const retries = { firstDelayMs: 1, longestDelayMs: 5, giveUpAfterMs: 30_000, lingersMs: 1_000 };
const bucket = 'a-bucket';

/** Names are looked up nowhere: what goes to Amazon goes to the emulation. */
class Rerouted implements HttpClient {
  readonly #inner = new NodeHttpClient();
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  send(request: Parameters<HttpClient['send']>[0]): ReturnType<HttpClient['send']> {
    const { host, pathname, search } = request.url;
    const url = new URL(`http://127.0.0.1:${this.#port}${pathname}${search}`);
    return this.#inner.send({ ...request, url, headers: { ...request.headers, host } });
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

let open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.reverse()) await close();
  open = [];
});

async function emulation(settings: S3EmulationSettings = {}): Promise<S3Emulation> {
  const server = await S3Emulation.start(settings);
  open.push(() => server.stop());
  return server;
}

function at(server: S3Emulation, options: Partial<S3Options> = {}): S3Backend {
  const endpoint = options.endpoint ?? new URL(`http://127.0.0.1:${server.port}`);
  const http = endpoint.hostname === '127.0.0.1' ? new NodeHttpClient() : new Rerouted(server.port);
  const backend = new S3Backend(http, {
    ...{ bucket, prefix: '', credentials: emulationKeys, location: `s3:${endpoint.host}/${bucket}` },
    ...{ ...options, endpoint },
  });
  open.push(() => backend.close());
  return backend;
}

const styles = {
  'a bucket in the path, in pages of seven': [{ pageLength: 7 }, {}],
  'below a prefix, where conditions are not known': [{ knowsConditions: false }, { prefix: 'a/prefix with ü & +' }],
  'a bucket in the host’s name, in another region': [
    { region: 'eu-central-1' },
    { endpoint: new URL('https://s3.amazonaws.com') },
  ],
} as const satisfies Record<string, readonly [S3EmulationSettings, Partial<S3Options>]>;

for (const [name, [settings, options]] of Object.entries(styles))
  backendConformance(`a second S3, ${name},`, async () => {
    const server = await emulation(settings);
    return { backend: at(server, options), other: at(server, options), dispose: async () => {} };
  });

describe('an S3 server', () => {
  const bytes = Buffer.from('what a pack holds');
  const pack = { kind: 'pack', name: sha256(bytes) } as const;

  it('that is asked too much is asked again later', async () => {
    const server = await emulation();
    const backend = retrying(at(server), retries);
    await backend.prepare();
    server.slowDown(3);
    await backend.save(pack, bytes);
    expect(server.log.filter((line) => line.startsWith('PUT a-bucket/data'))).toHaveLength(2);
    expect((await backend.load(pack))?.equals(bytes)).toBe(true);
  });

  it.each([301, 400] as const)(
    'in another region says so with %d, and is asked there from then on',
    async (otherRegion) => {
      const server = await emulation({ region: 'eu-west-3', otherRegion });
      const backend = at(server);
      await backend.prepare();
      await backend.save(pack, bytes);
      server.log.length = 0;
      expect((await backend.load(pack))?.equals(bytes)).toBe(true);
      expect(server.log).toHaveLength(1);
    },
  );

  it('lists every object once, however many pages there are', async () => {
    const server = await emulation({ pageLength: 3 });
    const backend = at(server);
    await backend.prepare();
    const files = Array.from({ length: 31 }, (_, index) => Buffer.from(String(index)));
    for (const file of files) await backend.save({ kind: 'index', name: sha256(file) }, file);
    expect((await backend.list('index')).map(({ name }) => name)).toEqual(files.map((file) => sha256(file)).sort());
  });

  it.each([
    ['secret', { ...emulationKeys, secretAccessKey: 'guessed-wrong' }],
    ['id', { ...emulationKeys, accessKeyId: 'nobody' }],
  ])('says that the %s of the key is wrong, and nothing of the secret', async (_, credentials) => {
    const backend = at(await emulation(), { credentials });
    const error = await backend.probe().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ kind: 'not-permitted', field: 'credentials' });
    expect(`${(error as Error).message}${JSON.stringify(error)}`).not.toContain('guessed-wrong');
  });

  it('takes no bytes that were changed on their way', async () => {
    const server = await emulation();
    const changing: HttpClient = new NodeHttpClient();
    const inner = changing.send.bind(changing);
    changing.send = (request) =>
      inner({ ...request, ...(request.body ? { body: Buffer.from('what a pack told') } : {}) });
    const backend = new S3Backend(changing, {
      endpoint: new URL(`http://127.0.0.1:${server.port}`),
      ...{ bucket, prefix: '', credentials: emulationKeys, location: 's3:test' },
    });
    open.push(() => backend.close());
    await at(server).prepare();
    await expect(backend.save(pack, bytes)).rejects.toMatchObject({ context: { transient: true } });
    expect(server.buckets.get(bucket)?.size).toBe(0);
  });
});
