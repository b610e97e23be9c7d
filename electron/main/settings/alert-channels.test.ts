import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AlertChannel, alertChannelSchema } from '../../../shared/domain/alerts.ts';
import { AlertChannels } from './alert-channels.ts';
import type { Encryption } from './password-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stillpoint-alerts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const keyring = (available = true): Encryption => ({
  store: { available, backend: 'test' },
  encrypt: (text) => Buffer.from(text).map((byte) => byte ^ 0x55),
  decrypt: (bytes) => Buffer.from(Buffer.from(bytes).map((byte) => byte ^ 0x55)).toString('utf8'),
});
const path = (): string => join(folder, 'alerts.json');

async function opened(encryption = keyring()): Promise<AlertChannels> {
  const channels = new AlertChannels(path(), encryption, () => 0);
  expect(await channels.load()).toBeUndefined();
  return channels;
}

const ntfy: AlertChannel = alertChannelSchema.parse({
  ...{ kind: 'ntfy', id: 'phone', enabled: true, server: 'https://ntfy.example', topic: 'backups' },
});
const secret = 'tk_very-secret';

it('keeps a secret encrypted, over a restart, and never in clear', async () => {
  await (await opened()).save(ntfy, secret);
  expect(await readFile(path(), 'utf8')).not.toContain(secret);
  const again = await opened();
  expect(again.list).toEqual([{ channel: ntfy, hasSecret: true, secretIsKept: true }]);
  expect(again.secretOf('phone')).toBe(secret);
});

it('keeps it for this start alone where there is no store, and says so', async () => {
  const channels = await opened(keyring(false));
  await channels.save(ntfy, secret);
  expect(channels.list).toEqual([{ channel: ntfy, hasSecret: true, secretIsKept: false }]);
  expect(await readFile(path(), 'utf8')).not.toContain(Buffer.from(secret).toString('base64'));
  expect((await opened(keyring(false))).list).toMatchObject([{ hasSecret: false }]);
});

it('changes a channel in its place, and leaves its secret where none is given', async () => {
  const channels = await opened();
  await channels.save(ntfy, secret);
  await channels.save({ ...ntfy, id: 'other' }, undefined);
  await channels.save({ ...ntfy, enabled: false }, undefined);
  expect(channels.list.map(({ channel, hasSecret }) => [channel.id, channel.enabled, hasSecret])).toEqual([
    ['phone', false, true],
    ['other', true, false],
  ]);
});

it('forgets the secret with the channel', async () => {
  const channels = await opened();
  await channels.save(ntfy, secret);
  await channels.remove('phone');
  await channels.save(ntfy, undefined);
  expect(channels.secretOf('phone')).toBeUndefined();
  expect((await opened()).list).toMatchObject([{ hasSecret: false, secretIsKept: false }]);
});

it('knows nothing where the keyring is another one', async () => {
  await (await opened()).save(ntfy, secret);
  const other: Encryption = {
    ...keyring(),
    decrypt: () => {
      throw new Error('another keyring');
    },
  };
  expect((await opened(other)).secretOf('phone')).toBeUndefined();
});
