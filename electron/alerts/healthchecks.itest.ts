import { afterEach, describe, expect, it } from 'vitest';
import type { AlertEvent } from '../../shared/domain/alerts.ts';
import { healthchecksAdapter } from './healthchecks.ts';
import { anAlert, describeAdapter } from './testing/adapter-conformance.ts';
import { answering, httpReceiver } from './testing/http-receiver.ts';
import type { Received } from './testing/receiver.ts';

const check = '/ping/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278';
const channel = { kind: 'healthchecks', id: 'check', enabled: true, name: 'Backups' } as const;
const never = new AbortController().signal;

describeAdapter({
  kind: 'healthchecks',
  adapter: (options) => ({
    send: (alert, to, secret, signal) => healthchecksAdapter(options).send(alert, to as typeof channel, secret, signal),
  }),
  receiver: async (behaviour, identity) => {
    const server = await httpReceiver(answering(behaviour), identity);
    return {
      channel,
      secret: server.origin + check,
      get received(): Received[] {
        if (behaviour !== 'takes') return [];
        return server.requests.map(({ body, headers }) => {
          const [title = '', ...text] = body.split('\n\n');
          return { title, text: text.join('\n\n'), headers: Object.keys(headers) };
        });
      },
      open: server.open,
      close: server.close,
    };
  },
  secretParts: ['5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278', '/ping/'],
});

describe('a check of Healthchecks', () => {
  let server: Awaited<ReturnType<typeof httpReceiver>> | null = null;
  afterEach(async () => {
    await server?.close();
  });

  it.each<[AlertEvent, string]>([
    ['succeeded', check],
    ['recovered', check],
    ['failed', `${check}/fail`],
    ['late', `${check}/fail`],
    ['weaker', `${check}/log`],
    ['test', `${check}/log`],
  ])('is pinged for %s at %s', async (event, expected) => {
    server = await httpReceiver(answering('takes'));
    for (const ending of ['', '/']) {
      await healthchecksAdapter().send({ ...anAlert, event }, channel, server.origin + check + ending, never);
    }
    expect(server.requests.map(({ url }) => url)).toEqual([expected, expected]);
  });

  it('keeps what stands behind its address', async () => {
    server = await httpReceiver(answering('takes'));
    await healthchecksAdapter().send(anAlert, channel, `${server.origin}${check}?create=1`, never);
    expect(server.requests[0]?.url).toBe(`${check}/fail?create=1`);
  });

  it.each([
    ['OK (not found)', false],
    ['OK (rate limited)', true],
  ])('did not take the ping when it answers %s', async (answer, retryable) => {
    server = await httpReceiver(answering('takes', answer));
    await expect(healthchecksAdapter().send(anAlert, channel, server.origin + check, never)).rejects.toMatchObject({
      retryable,
    });
  });
});
