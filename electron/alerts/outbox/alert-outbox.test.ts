import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert, AlertChannel, AlertEvent } from '../../../shared/domain/alerts.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { AlertOutbox } from './alert-outbox.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 4, 4, 10);
const channel = (id: string, enabled = true): AlertChannel => ({ kind: 'webhook', id, enabled, name: id });
const alert = (event: AlertEvent, sourceName = 'Photos', text = 'It failed.'): Alert => ({
  event,
  sourceName,
  hostname: 'laptop',
  at: start,
  title: `${event} ${sourceName}`,
  text,
});
const never = new AbortController().signal;

describe('the outbox', () => {
  let folder: string;
  let now: number;
  let offline: boolean;
  let sent: string[];
  let reported: string[];
  let channels: { channel: AlertChannel; secret: string | null }[];
  let onSend: () => Promise<void>;

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'stillpoint-outbox-')), 'alerts');
    now = start;
    offline = false;
    sent = [];
    reported = [];
    channels = [{ channel: channel('chat'), secret: 'https://example.org/sEcReT' }];
    onSend = async () => undefined;
  });
  afterEach(async () => {
    await rm(join(folder, '..'), { recursive: true, force: true });
  });

  const open = (): AlertOutbox =>
    new AlertOutbox({
      folder,
      now: () => now,
      channels: async () => channels,
      report: (what) => void reported.push(what),
      adapter: {
        send: async ({ title, text }, to, secret) => {
          await onSend();
          if (offline)
            throw new StillpointError({ kind: 'io', message: 'Nobody is there.', guidance: '', retryable: true });
          sent.push(`${to.id}: ${title}: ${text} (${secret === null ? 'no secret' : 'secret'})`);
          return { answer: 'OK' };
        },
      },
    });

  it('sends what was put in, once', async () => {
    const outbox = open();
    await outbox.put(alert('failed'), ['chat']);
    expect(await outbox.nextAt()).toBe(now);
    await outbox.flush(never);
    await outbox.flush(never);
    expect(sent).toEqual(['chat: failed Photos: It failed. (secret)']);
    expect(await outbox.nextAt()).toBeNull();
    expect(await outbox.state('chat')).toMatchObject({ waiting: 0, failures: 0, lastResult: 'OK', lastFailed: false });
  });

  it('tries again with growing pauses up to a day', async () => {
    offline = true;
    const outbox = open();
    await outbox.put(alert('failed'), ['chat']);
    const pauses: number[] = [];
    for (let round = 0; round < 9; round++) {
      await outbox.flush(never);
      const next = (await outbox.nextAt()) ?? now;
      pauses.push((next - now) / minute);
      now = next - 1;
      await outbox.flush(never);
      expect((await outbox.state('chat')).failures).toBe(round + 1);
      now = next;
    }
    expect(pauses).toEqual([1, 5, 15, 60, 180, 360, 720, 1440, 1440]);
    expect(await outbox.state('chat')).toMatchObject({ waiting: 1, lastResult: 'Nobody is there.', lastFailed: true });
    offline = false;
    await outbox.flush(never);
    expect(sent).toHaveLength(1);
    expect(await outbox.state('chat')).toMatchObject({ waiting: 0, failures: 0, nextAt: null });
  });

  it('does not wait when it is told that something changed', async () => {
    offline = true;
    const outbox = open();
    await outbox.put(alert('failed'), ['chat']);
    await outbox.flush(never);
    offline = false;
    await outbox.flush(never);
    expect(sent).toEqual([]);
    await outbox.flush(never, true);
    expect(sent).toHaveLength(1);
  });

  it('keeps of the same event of the same source only the newest', async () => {
    const outbox = open();
    await outbox.put(alert('failed', 'Photos', 'Old.'), ['chat']);
    now += minute;
    await outbox.put(alert('failed', 'Photos', 'New.'), ['chat']);
    await outbox.put(alert('failed', 'Music', 'Other source.'), ['chat']);
    await outbox.put(alert('late', 'Photos', 'Other event.'), ['chat']);
    await outbox.flush(never);
    expect(sent.map((line) => line.replace(/^.*: (.*) \(secret\)$/, '$1')).sort()).toEqual([
      'New.',
      'Other event.',
      'Other source.',
    ]);
  });

  it('keeps the order within a channel, and lets no channel wait for another', async () => {
    channels = [...channels, { channel: channel('mail'), secret: null }];
    const outbox = open();
    offline = true;
    await outbox.put(alert('failed'), ['chat', 'mail']);
    await outbox.flush(never);
    now += 30_000;
    await outbox.put(alert('recovered'), ['chat', 'mail']);
    offline = false;
    await outbox.flush(never);
    expect(sent).toEqual([]);
    now = start + minute;
    await outbox.flush(never);
    const of = (id: string): string[] =>
      sent.filter((line) => line.startsWith(id)).map((line) => line.split(' ')[1] ?? '');
    expect([of('chat'), of('mail')]).toEqual([
      ['failed', 'recovered'],
      ['failed', 'recovered'],
    ]);
  });

  it('loses nothing when the process ends, also in the middle of sending', async () => {
    const first = open();
    await first.put(alert('failed'), ['chat']);
    await new Promise<void>((begun) => {
      onSend = () => {
        begun();
        return new Promise(() => undefined);
      };
      void first.flush(never);
    });
    onSend = async () => undefined;
    await open().flush(never);
    expect(sent).toHaveLength(1);
  });

  it('keeps an alert that took the place of one while it was sent', async () => {
    const outbox = open();
    await outbox.put(alert('failed', 'Photos', 'Old.'), ['chat']);
    onSend = async () => {
      onSend = async () => undefined;
      now += minute;
      await open().put(alert('failed', 'Photos', 'New.'), ['chat']);
    };
    await outbox.flush(never);
    await outbox.flush(never);
    expect(sent.map((line) => line.split(': ')[2])).toEqual(['Old. (secret)', 'New. (secret)']);
  });

  it('sends nothing twice when two flush at once', async () => {
    const outbox = open();
    await outbox.put(alert('failed'), ['chat']);
    await Promise.all([outbox.flush(never), outbox.flush(never), outbox.flush(never)]);
    expect(sent).toHaveLength(1);
  });

  it('leaves everything as it was when it is cancelled', async () => {
    const outbox = open();
    await outbox.put(alert('failed'), ['chat']);
    const controller = new AbortController();
    onSend = async () => {
      controller.abort();
      throw new StillpointError({ kind: 'cancelled', message: 'Cancelled.', guidance: '' });
    };
    await outbox.flush(controller.signal);
    expect(await outbox.state('chat')).toMatchObject({ waiting: 1, failures: 0, lastResult: '' });
  });

  it('is for its user alone, and holds no secret', async () => {
    offline = true;
    const outbox = open();
    await outbox.put(alert('failed'), ['chat']);
    await outbox.flush(never);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const names = await readdir(folder);
    expect(names).toHaveLength(2);
    for (const name of names) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
      expect(await readFile(join(folder, name), 'utf8')).not.toContain('sEcReT');
    }
  });

  it('gives up what is too old to be worth sending, success after an hour', async () => {
    offline = true;
    const outbox = open();
    await outbox.put(alert('failed'), ['chat']);
    await outbox.put(alert('succeeded'), ['chat']);
    await outbox.flush(never);
    offline = false;
    now = start + hour + 1;
    await outbox.flush(never);
    expect(sent).toEqual(['chat: failed Photos: It failed. (secret)']);
    expect(await outbox.state('chat')).toMatchObject({ waiting: 0, givenUp: 1 });
    await outbox.put(alert('late'), ['chat']);
    now += 7 * 24 * hour + 1;
    await outbox.flush(never);
    expect(sent).toHaveLength(1);
    expect(await outbox.state('chat')).toMatchObject({ waiting: 0, givenUp: 2 });
  });

  it('is bounded: the oldest goes, and is counted', async () => {
    const outbox = open();
    for (let index = 0; index < 103; index++) {
      now += 1;
      await outbox.put(alert('failed', `Source ${index}`), ['chat']);
    }
    expect(await outbox.state('chat')).toMatchObject({ waiting: 100, givenUp: 3 });
    await outbox.flush(never);
    expect(sent[0]).toContain('failed Source 3:');
  });

  it('drops what waits for a channel that is gone or off', async () => {
    const outbox = open();
    await outbox.put(alert('failed'), ['chat', 'gone']);
    channels = [{ channel: channel('chat', false), secret: null }];
    await outbox.flush(never);
    expect(sent).toEqual([]);
    expect(await outbox.nextAt()).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes away a damaged file, tells it, and goes on', async () => {
    const outbox = open();
    await outbox.put(alert('failed'), ['chat']);
    await outbox.put(alert('late'), ['chat']);
    const [name = ''] = await readdir(folder);
    await writeFile(join(folder, name), '{"version":1');
    await outbox.flush(never);
    expect(sent).toHaveLength(1);
    expect(reported).toEqual([expect.stringContaining(name)]);
    expect(await readdir(folder)).not.toContain(name);
  });

  it.each([10 * minute, 30 * 24 * hour])('is not stopped by a clock that was set back by %i ms', async (back) => {
    offline = true;
    const outbox = open();
    await outbox.put(alert('failed'), ['chat']);
    await outbox.flush(never);
    now -= back;
    offline = false;
    await outbox.flush(never);
    expect(sent).toHaveLength(1);
  });

  it('shows how a test message went, and tries what waits soon', async () => {
    offline = true;
    const outbox = open();
    await outbox.put(alert('failed'), ['chat']);
    await outbox.flush(never);
    await outbox.note('chat', { answer: 'Well.' });
    expect(await outbox.state('chat')).toMatchObject({
      lastResult: 'Well.',
      lastFailed: false,
      failures: 0,
      waiting: 1,
    });
    expect(await outbox.nextAt()).toBe(now);
    await outbox.note('chat', { error: new Error('Boom') });
    expect(await outbox.state('chat')).toMatchObject({ lastFailed: true });
  });
});
