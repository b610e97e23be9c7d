import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { type Alert, alertEvents } from '../../../shared/domain/alerts.ts';
import { isStillpointError, type StillpointError, serializeError } from '../../../shared/errors/index.ts';
import type { AlertAdapter, AlertOptions } from '../contract.ts';
import { type Identity, selfMadeIdentity } from './certificate.ts';
import type { Behaviour, Receiver } from './receiver.ts';

export interface Conformance {
  readonly kind: string;
  readonly adapter: (options: AlertOptions) => AlertAdapter;
  /** With an identity the other side speaks TLS. */
  readonly receiver: (behaviour: Behaviour, identity?: Identity) => Promise<Receiver>;
  /** What of the secret must never be told. */
  readonly secretParts: readonly string[];
}

export const anAlert: Alert = {
  event: 'failed',
  sourceName: 'Photos',
  hostname: 'laptop',
  at: Date.UTC(2026, 4, 4, 10, 5),
  title: 'Backup failed: Photos on laptop',
  text: 'The backup of Photos on laptop failed.\n\nThe disk is full. Free some space.',
};

/** What every adapter owes. */
export function describeAdapter({ kind, adapter, receiver, secretParts }: Conformance): void {
  const open: Receiver[] = [];
  const begin = async (behaviour: Behaviour, identity?: Identity): Promise<Receiver> => {
    const begun = await receiver(behaviour, identity);
    open.push(begun);
    return begun;
  };
  const never = new AbortController().signal;
  const send = (
    to: Receiver,
    alert: Alert = anAlert,
    options: AlertOptions = {},
    signal = never,
  ): Promise<{ answer: string }> => adapter(options).send(alert, to.channel, to.secret, signal);
  const failure = async (work: Promise<unknown>): Promise<StillpointError> => {
    const error = await work.then(
      () => new Error('it was sent'),
      (reason: unknown) => reason,
    );
    if (!isStillpointError(error)) throw error;
    return error;
  };
  const expectNoSecret = (error: StillpointError): void => {
    const everything = `${JSON.stringify(serializeError(error))}${inspect(error, { depth: 20, showHidden: true })}${error.stack}`;
    for (const part of secretParts) {
      expect(everything).not.toContain(part);
      expect(everything).not.toContain(Buffer.from(part).toString('base64'));
      expect(everything).not.toContain(encodeURIComponent(part));
    }
  };

  describe(`${kind}: what every way of telling owes`, () => {
    afterEach(async () => {
      await Promise.all(open.splice(0).map((each) => each.close()));
    });

    it('delivers every event, and tells what the other side answered in one line', async () => {
      const to = await begin('takes');
      for (const event of alertEvents) {
        const { answer } = await send(to, { ...anAlert, event });
        expect(answer).toMatch(/^[^\r\n]+$/);
      }
      expect(to.received).toHaveLength(alertEvents.length);
      for (const { title, text } of to.received)
        expect({ title, text }).toEqual({ title: anAlert.title, text: anAlert.text });
    });

    it('writes names as people write them', async () => {
      const to = await begin('takes');
      const title = 'Backup failed: Фото „Omas“ 写真 🐈 on laptop';
      await send(to, { ...anAlert, title, sourceName: 'Фото „Omas“ 写真 🐈' });
      expect(to.received[0]?.title).toBe(title);
    });

    it('lets no name begin a header', async () => {
      const to = await begin('takes');
      await send(to);
      for (const breaking of [
        '\r\nX-Injected: 1',
        '\nX-Injected: 1\n\n',
        '\rX-Injected: 1',
        '\u2028X-Injected: 1',
        '\0X-Injected: 1',
      ]) {
        const name = `Photos${breaking}`;
        await send(to, { ...anAlert, sourceName: name, hostname: name, title: `Backup failed: ${name}` });
      }
      const [plain, ...hostile] = to.received;
      expect(hostile).toHaveLength(5);
      for (const { title, headers } of hostile) {
        expect(headers).toEqual(plain?.headers);
        expect(title).toBe('Backup failed: Photos X-Injected: 1');
      }
    });

    it.each([
      ['refuses', false],
      ['refuses-for-now', true],
    ] as const)('says that it was not taken, and whether trying again can help: %s', async (behaviour, retryable) => {
      const to = await begin(behaviour);
      const error = await failure(send(to));
      expect(error.retryable).toBe(retryable);
      expect(error.message).toMatch(/^(127\.0\.0\.1|localhost)[:\d]* did not take the message: .+\.$/);
      expect(error.guidance).not.toBe('');
      expect(to.received).toEqual([]);
      expectNoSecret(error);
    });

    it('tells no secret, even when the other side repeats it', async () => {
      const error = await failure(send(await begin('repeats')));
      expectNoSecret(error);
      expect(error.message).toContain('•••');
    });

    it('gives up in time when nothing is answered', async () => {
      const to = await begin('silent');
      const error = await failure(send(to, anAlert, { timeoutMs: 150 }));
      expect(error).toMatchObject({ kind: 'io', retryable: true });
      expect(error.message).toContain('it did not answer in time');
      expectNoSecret(error);
      await expect.poll(() => to.open()).toBe(0);
    });

    it('can be cancelled, and leaves no connection', async () => {
      const to = await begin('silent');
      const controller = new AbortController();
      const sending = failure(send(to, anAlert, {}, controller.signal));
      await expect.poll(() => to.open()).toBe(1);
      controller.abort();
      expect((await sending).kind).toBe('cancelled');
      await expect.poll(() => to.open()).toBe(0);
      expect((await failure(send(to, anAlert, {}, AbortSignal.abort()))).kind).toBe('cancelled');
    });

    it('says when nobody is there', async () => {
      const to = await begin('takes');
      await to.close();
      const error = await failure(send(to));
      expect(error).toMatchObject({ kind: 'io', retryable: true, context: { code: 'ECONNREFUSED' } });
      expect(error.message).toContain('nothing answers there');
      expectNoSecret(error);
    });

    it('speaks TLS to whom an authority vouches for, and sends nothing to anybody else', async () => {
      const identity = selfMadeIdentity();
      const to = await begin('takes', identity);
      const error = await failure(send(to));
      expect(error.message).toContain('its certificate is not trusted');
      expect(to.received).toEqual([]);
      expectNoSecret(error);
      const other = await failure(send(to, anAlert, { ca: [selfMadeIdentity().certificate] }));
      expect(other.message).toContain('its certificate is not trusted');
      await send(to, anAlert, { ca: [identity.certificate] });
      expect(to.received).toHaveLength(1);
    });

    it('asks for the secret it cannot do without, naming the field', async () => {
      const to = await begin('takes');
      if (kind === 'ntfy') return;
      const error = await failure(adapter({}).send(anAlert, to.channel, null, never));
      expect(error).toMatchObject({ kind: 'bad-input', field: 'secret' });
    });
  });
}
