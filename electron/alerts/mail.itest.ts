import { afterEach, describe, expect, it } from 'vitest';
import { mailAdapter } from './mail.ts';
import { anAlert, describeAdapter } from './testing/adapter-conformance.ts';
import { selfMadeIdentity } from './testing/certificate.ts';
import { type MailReceiver, mailReceiver } from './testing/mail-receiver.ts';

const password = 'pAsSwOrD of ada';
const never = new AbortController().signal;

describeAdapter({
  kind: 'mail',
  adapter: (options) => ({
    send: (alert, to, secret, signal) =>
      mailAdapter(options).send(alert, to as MailReceiver['channel'], secret, signal),
  }),
  receiver: (behaviour, identity) =>
    mailReceiver(behaviour, password, identity === undefined ? {} : { identity, security: 'tls' }),
  secretParts: [password],
});

describe('mail', () => {
  const open: MailReceiver[] = [];
  const begin = async (...args: Parameters<typeof mailReceiver>): Promise<MailReceiver> => {
    const server = await mailReceiver(...args);
    open.push(server);
    return server;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });

  it('goes from one address to the other, says that a program wrote it, and is plain text', async () => {
    const server = await begin('takes', password);
    const { answer } = await mailAdapter().send(anAlert, server.channel, password, never);
    expect(answer).toMatch(/^250 /);
    expect(server.recipients).toEqual(['grace@example.org']);
    expect(server.raw[0]).toMatch(/^From: Stillpoint <ada@example\.org>\r$/m);
    expect(server.raw[0]).toMatch(/^To: grace@example\.org\r$/m);
    expect(server.raw[0]).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(server.raw[0]).toMatch(/^Content-Type: text\/plain; charset=utf-8\r$/m);
  });

  it('needs no password where the server asks for none', async () => {
    const server = await begin('takes', password);
    const error = await mailAdapter()
      .send(anAlert, { ...server.channel, username: '' }, null, never)
      .catch((reason: unknown) => reason);
    // This server asks for one: it is told so, not tried with an empty one.
    expect(error).toMatchObject({ kind: 'not-permitted', message: expect.stringContaining('530') });
    expect(server.passwords).toEqual([]);
  });

  it('goes over STARTTLS with a checked certificate, or not at all', async () => {
    const identity = selfMadeIdentity();
    const server = await begin('takes', password, { identity, security: 'starttls' });
    await expect(mailAdapter().send(anAlert, server.channel, password, never)).rejects.toThrow(
      'certificate is not trusted',
    );
    expect(server.passwords).toEqual([]);
    await mailAdapter({ ca: [identity.certificate] }).send(anAlert, server.channel, password, never);
    expect(server.received).toHaveLength(1);
  });

  it('tells a server without STARTTLS no password', async () => {
    const identity = selfMadeIdentity();
    const server = await begin('takes', password, { identity, security: 'starttls', offersNoTls: true });
    const error = await mailAdapter({ ca: [identity.certificate] })
      .send(anAlert, server.channel, password, never)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'not-permitted', field: 'security', retryable: false });
    expect(server.passwords).toEqual([]);
    expect(server.received).toEqual([]);
  });

  it('says so when TLS meets a server that does not speak it from the beginning', async () => {
    const server = await begin('takes', password);
    await expect(mailAdapter().send(anAlert, { ...server.channel, security: 'tls' }, password, never)).rejects.toThrow(
      'it does not speak TLS there',
    );
  });

  it('points at the password when it is wrong', async () => {
    const server = await begin('takes', password);
    await expect(mailAdapter().send(anAlert, server.channel, 'another', never)).rejects.toMatchObject({
      kind: 'not-permitted',
      field: 'secret',
      message: '127.0.0.1 did not take the message: 535 wrong user or password.',
    });
  });

  it.each(['mail.example.org', '192.168.1.5', '127.0.0.1.example.org', 'localhost.example.org', '[2001:db8::1]'])(
    'is not sent in clear to %s',
    async (server) => {
      const { channel } = await begin('takes', password);
      await expect(mailAdapter().send(anAlert, { ...channel, server }, password, never)).rejects.toMatchObject({
        kind: 'bad-input',
        field: 'security',
        guidance: expect.stringContaining('STARTTLS'),
      });
    },
  );
});
