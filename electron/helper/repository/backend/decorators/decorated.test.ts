import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../crypto/hash.ts';
import { faulty } from '../../testing/faulty.ts';
import type { Backend, FileRef } from '../contract.ts';
import { notTrusted } from '../http/failures.ts';
import { NodeHttpClient } from '../http/node-http-client.ts';
import { MemoryBackend } from '../memory/memory-backend.ts';
import { RestBackend } from '../rest/rest-backend.ts';
import { around } from './around.ts';
import { type Decorations, decorated } from './decorated.ts';
import { TokenBucket } from './token-bucket.ts';
import { transientError } from './transient.ts';

const bytes = Buffer.alloc(8 * 1024 * 1024, 7);
const pack: FileRef = { kind: 'pack', name: sha256(bytes) };
const retries = { firstDelayMs: 60_000, longestDelayMs: 60_000, giveUpAfterMs: 3_600_000, lingersMs: 1_000 };
const patient: Decorations = { silenceMs: 60_000, retries, callsAtOnce: 2 };
const quick = { ...patient, retries: { ...retries, firstDelayMs: 1, longestDelayMs: 2 } };
const cut = transientError({ message: 'Cut.', guidance: '' });
const stuck = (): Backend => around(new MemoryBackend(), () => new Promise<never>(() => {}));

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

function rest(url: string, how = patient): Backend {
  const backend = new RestBackend(new NodeHttpClient(), { url: new URL(url) });
  undo.push(() => backend.close());
  return decorated(backend, how);
}

/** How it ended, or that it did not within a second. */
function withinASecond(work: Promise<unknown>): Promise<unknown> {
  const ended = work.then(
    () => 'it was done',
    (error: unknown) => error,
  );
  return Promise.race([ended, sleep(1_000, 'it goes on')]);
}

describe('who gives up is free within a second', () => {
  const slow = new TokenBucket(() => 1, {
    nowMs: () => performance.now(),
    sleep: async (ms, signal) => void (await sleep(ms, undefined, signal ? { signal } : {})),
  });
  const cutting = (): Backend => {
    const inner = faulty(new MemoryBackend());
    inner.on('save').every().fails(cut);
    return inner;
  };
  it.each([
    ['in a call that hears nothing', () => decorated(stuck(), patient)],
    ['waiting to be called again', () => decorated(cutting(), patient)],
    [
      'waiting for a slot',
      () => {
        const full = decorated(stuck(), patient);
        for (let calls = 0; calls < 2; calls += 1) void full.load(pack).catch(() => {});
        return full;
      },
    ],
    [
      'waiting for a limit',
      // A thousand seconds of it are taken already.
      () => {
        void slow.take(1_000);
        return decorated(new MemoryBackend(), { ...patient, buckets: { upload: slow, download: slow } });
      },
    ],
  ] as const)('%s', async (_, place) => {
    const stop = new AbortController();
    const backend = place();
    const saving = backend.save(pack, bytes, { signal: stop.signal });
    saving.catch(() => {});
    await sleep(30);
    stop.abort();
    expect(await withinASecond(saving)).toMatchObject({ kind: 'cancelled' });
  });

  it('in an upload to a server that takes nothing more, and the line is closed', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => {});
      sockets.push(socket);
      socket.pause();
    });
    const port = await listening(server);
    undo.push(() => sockets.map((socket) => socket.destroy()));
    const stop = new AbortController();
    const saving = rest(`http://127.0.0.1:${port}/`).save(pack, bytes, { signal: stop.signal });
    saving.catch(() => {});
    await expect.poll(() => sockets.length).toBe(1);
    await sleep(50);
    const [socket] = sockets;
    if (socket === undefined) throw new Error('nobody connected');
    const closed = once(socket, 'close');
    stop.abort();
    expect(await withinASecond(saving)).toMatchObject({ kind: 'cancelled' });
    socket.resume();
    await closed;
    await sleep(20);
    expect(sockets).toHaveLength(1);
  });
});

describe('what no retry helps is asked once, and names its field', () => {
  it.each([
    [401, { kind: 'not-permitted', field: 'credentials' }],
    [403, { kind: 'not-permitted', field: 'location' }],
  ])('an answer of %i', async (status, expected) => {
    let asked = 0;
    const server = createHttp((_, answer) => {
      asked += 1;
      answer.writeHead(status).end();
    });
    const backend = rest(`http://127.0.0.1:${await listening(server)}/`, quick);
    undo.push(() => server.closeAllConnections());
    await expect(backend.list('pack')).rejects.toMatchObject(expected);
    expect(asked).toBe(1);
  });

  it('a server without TLS where TLS was named', async () => {
    let connected = 0;
    const server = createServer((socket) => {
      connected += 1;
      socket.on('error', () => {});
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    const backend = rest(`https://127.0.0.1:${await listening(server)}/`, quick);
    await expect(backend.list('pack')).rejects.toMatchObject({ kind: 'io', field: 'location.url' });
    expect(connected).toBe(1);
  });

  it('a server that is not who it must be', async () => {
    const inner = faulty(new MemoryBackend());
    inner.on('save').every().fails(notTrusted('here', 'self-signed certificate'));
    await expect(decorated(inner, quick).save(pack, bytes)).rejects.toMatchObject({
      ...{ kind: 'not-permitted', field: 'location.tls' },
    });
    expect(inner.log).toEqual(['save pack']);
  });
});

describe('decorators together', () => {
  it('send nothing twice that arrived, however often the line is cut, and remove nothing twice', async () => {
    const store = new MemoryBackend();
    const sent: string[] = [];
    let calls = 0;
    // Every third call has its effect and is cut before its answer.
    const place = around(store, async ({ operation, options }, run) => {
      calls += 1;
      if (operation === 'save' || operation === 'remove') sent.push(operation);
      const result = await run(options);
      if (calls % 3 === 1) throw cut;
      return result;
    });
    const backend = decorated(place, quick);
    await backend.save({ kind: 'config' }, Buffer.from('mine'));
    await backend.save(pack, bytes);
    expect(sent).toEqual(['save', 'save']);
    expect(await backend.remove(pack)).toBe(true);
    expect((await backend.load({ kind: 'config' }))?.toString()).toBe('mine');
    await expect(backend.save({ kind: 'config' }, Buffer.from('ours'))).rejects.toMatchObject({
      kind: 'repository-exists',
    });
    expect((await backend.load({ kind: 'config' }))?.toString()).toBe('mine');
  });

  it('give the slot of a call that waits to be made again to others', async () => {
    const inner = faulty(new MemoryBackend());
    inner.on('save').every().fails(cut);
    const backend = decorated(inner, { ...patient, callsAtOnce: 1 });
    void backend.save(pack, bytes).catch(() => {});
    expect(await withinASecond(backend.list('pack'))).toBe('it was done');
  });

  it('do not take waiting for a slot or a limit for silence, and listen anew at each try', async () => {
    const store = new MemoryBackend();
    let tries = 0;
    const place = around(store, async ({ operation, options }, run) => {
      if (operation !== 'save') return run(options);
      tries += 1;
      if (tries === 1) return new Promise<never>(() => {});
      await options.pace?.(1);
      await sleep(40);
      return run(options);
    });
    let waited = 0;
    const bucket = Object.assign(Object.create(new TokenBucket(() => 1, { nowMs: () => 0, sleep: async () => {} })), {
      take: async () => {
        waited += 1;
        await sleep(200);
      },
    });
    const backend = decorated(place, {
      ...{ ...quick, silenceMs: 100, callsAtOnce: 1 },
      buckets: { upload: bucket, download: bucket },
    });
    const [one, two] = [Buffer.from('one'), Buffer.from('two')];
    await Promise.all([one, two].map((each) => backend.save({ kind: 'pack', name: sha256(each) }, each)));
    expect(tries).toBe(3);
    expect(waited).toBeGreaterThanOrEqual(2);
    expect(store.files.size).toBe(2);
  });
});
