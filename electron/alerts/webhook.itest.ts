import { afterEach, describe, expect, it } from 'vitest';
import { anAlert, describeAdapter } from './testing/adapter-conformance.ts';
import { answering, httpReceiver } from './testing/http-receiver.ts';
import type { Received } from './testing/receiver.ts';
import { webhookAdapter } from './webhook.ts';

const path = '/hooks/T0123/sEcReT-kEy-1234?token=aNoThEr%2Bone';
const channel = { kind: 'webhook', id: 'hook', enabled: true, name: 'Chat' } as const;
const never = new AbortController().signal;

describeAdapter({
  kind: 'webhook',
  adapter: (options) => ({
    send: (alert, to, secret, signal) => webhookAdapter(options).send(alert, to as typeof channel, secret, signal),
  }),
  receiver: async (behaviour, identity) => {
    const server = await httpReceiver(answering(behaviour), identity);
    return {
      channel,
      secret: server.origin + path,
      get received(): Received[] {
        return behaviour === 'takes'
          ? server.requests.map(({ body, headers }) => ({
              ...(JSON.parse(body) as { title: string; text: string }),
              headers: Object.keys(headers),
            }))
          : [];
      },
      open: server.open,
      close: server.close,
    };
  },
  secretParts: ['sEcReT-kEy-1234', 'aNoThEr', '/hooks/T0123'],
});

describe('a webhook', () => {
  const servers: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  const begin = async (...args: Parameters<typeof httpReceiver>) => {
    const server = await httpReceiver(...args);
    servers.push(server);
    return server;
  };

  it('is posted the documented JSON', async () => {
    const server = await begin(answering('takes', 'thanks'));
    expect(await webhookAdapter().send(anAlert, channel, server.origin + path, never)).toEqual({ answer: 'thanks' });
    const [request] = server.requests;
    expect(request).toMatchObject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'Stillpoint' },
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      version: 1,
      event: 'failed',
      source: 'Photos',
      host: 'laptop',
      at: '2026-05-04T10:05:00.000Z',
      title: 'Backup failed: Photos on laptop',
      text: 'The backup of Photos on laptop failed.\n\nThe disk is full. Free some space.',
    });
  });

  it('is followed nowhere', async () => {
    const target = await begin(answering('takes'));
    for (const status of [301, 302, 307, 308]) {
      const server = await begin((_request, response) =>
        response.writeHead(status, { location: `${target.origin}/x` }).end(),
      );
      await expect(webhookAdapter().send(anAlert, channel, server.origin + path, never)).rejects.toMatchObject({
        retryable: false,
        field: 'secret',
      });
    }
    expect(target.requests).toEqual([]);
  });

  it('is not listened to without end', async () => {
    const server = await begin((_request, response) => {
      const more = (): void => void response.write('x'.repeat(1000), () => setImmediate(more));
      response.on('error', () => undefined);
      more();
    });
    const { answer } = await webhookAdapter().send(anAlert, channel, server.origin + path, never);
    expect(answer).toMatch(/^x{199}…$/);
    await expect.poll(() => server.open()).toBe(0);
  });

  it('gives up on an answer that drips', async () => {
    const server = await begin((_request, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    await expect(
      webhookAdapter({ timeoutMs: 150 }).send(anAlert, channel, server.origin + path, never),
    ).rejects.toMatchObject({
      retryable: true,
    });
  });

  it.each([
    ['http://example.org/hooks/sEcReT', 'not encrypted'],
    ['http://127.0.0.1.example.org/hooks/sEcReT', 'not encrypted'],
    ['http://localhost.example.org/hooks/sEcReT', 'not encrypted'],
    ['ftp://example.org/hooks/sEcReT', 'not one of the web'],
    ['javascript:alert("sEcReT")', 'not one of the web'],
    ['hooks/sEcReT', 'not one of the web'],
    ['https://exa mple.org/sEcReT', 'not one of the web'],
  ])('is refused unless its address is encrypted or this machine: %s', async (secret, why) => {
    const error = await webhookAdapter()
      .send(anAlert, channel, secret, never)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'bad-input', field: 'secret', message: expect.stringContaining(why) });
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('sEcReT');
  });
});
