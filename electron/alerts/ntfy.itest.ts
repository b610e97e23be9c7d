import { afterEach, describe, expect, it } from 'vitest';
import { ntfyAdapter } from './ntfy.ts';
import { anAlert, describeAdapter } from './testing/adapter-conformance.ts';
import { answering, httpReceiver } from './testing/http-receiver.ts';
import type { Received } from './testing/receiver.ts';

const token = 'tk_sEcReTtOkEn1234';
const channel = (server: string) => ({ kind: 'ntfy', id: 'phone', enabled: true, server, topic: 'backups' }) as const;
const never = new AbortController().signal;

describeAdapter({
  kind: 'ntfy',
  adapter: (options) => ({
    send: (alert, to, secret, signal) =>
      ntfyAdapter(options).send(alert, to as ReturnType<typeof channel>, secret, signal),
  }),
  receiver: async (behaviour, identity) => {
    const server = await httpReceiver(answering(behaviour), identity);
    return {
      channel: channel(server.origin),
      secret: token,
      get received(): Received[] {
        if (behaviour !== 'takes') return [];
        return server.requests.map(({ body, headers }) => {
          const { title, message } = JSON.parse(body) as { title: string; message: string };
          return { title, text: message, headers: Object.keys(headers) };
        });
      },
      open: server.open,
      close: server.close,
    };
  },
  secretParts: [token],
});

describe('ntfy', () => {
  let server: Awaited<ReturnType<typeof httpReceiver>> | null = null;
  afterEach(async () => {
    await server?.close();
  });

  it('gets topic, priority and a tag as JSON, and the token as a bearer', async () => {
    server = await httpReceiver(answering('takes', '{"id":"x"}'));
    const { answer } = await ntfyAdapter().send(anAlert, channel(server.origin), token, never);
    expect(answer).toBe(`Published to backups on ${new URL(server.origin).host}.`);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/', headers: { authorization: `Bearer ${token}` } });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      topic: 'backups',
      title: anAlert.title,
      message: anAlert.text,
      priority: 4,
      tags: ['x'],
    });
  });

  it('gets no authorization where there is no token', async () => {
    server = await httpReceiver(answering('takes'));
    await ntfyAdapter().send({ ...anAlert, event: 'succeeded' }, channel(server.origin), null, never);
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ priority: 2 });
  });

  it('gets a message short enough to stay one', async () => {
    server = await httpReceiver(answering('takes'));
    await ntfyAdapter().send({ ...anAlert, text: '🐈'.repeat(5000) }, channel(server.origin), null, never);
    const { message } = JSON.parse(server.requests[0]?.body ?? '') as { message: string };
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4096);
    expect(message.endsWith('🐈…')).toBe(true);
  });

  it.each([
    [{ server: 'http://ntfy.example.org' }, null, 'server'],
    [{ server: 'https://me:pAsSwOrD@ntfy.example.org' }, null, 'server'],
    [{ server: 'https://ntfy.example.org/?auth=pAsSwOrD' }, null, 'server'],
    [{}, 'pAsSwOrD\r\nX-Injected: 1', 'secret'],
    [{}, 'pAsSwOrDя', 'secret'],
  ])('is refused with the field that is wrong: %j %j', async (change, secret, field) => {
    const error = await ntfyAdapter()
      .send(anAlert, { ...channel('https://ntfy.example.org'), ...change }, secret, never)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'bad-input', field });
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('pAsSwOrD');
  });
});
