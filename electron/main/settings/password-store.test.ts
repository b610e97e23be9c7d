import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RepositoryId } from '../../../shared/domain/ids.ts';
import { type Encryption, PasswordStore } from './password-store.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stillpoint-secrets-'));
  path = join(folder, 'secrets.json');
});
afterEach(() => rm(folder, { recursive: true }));

const id = 'a'.repeat(64) as RepositoryId;
const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0x5a);
/** Reversible, and not the clear text: enough to see whether it is used. */
const keyring: Encryption = {
  store: { available: true, backend: 'test' },
  encrypt: (text) => flip(new TextEncoder().encode(text)),
  decrypt: (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(flip(bytes)),
};
const noKeyring: Encryption = { ...keyring, store: { available: false, backend: 'basic_text' } };

async function open(encryption: Encryption): Promise<PasswordStore> {
  const store = new PasswordStore(path, encryption, () => 0);
  await store.load();
  return store;
}

it('keeps a password for the next start, encrypted, in a file for nobody else', async () => {
  await (await open(keyring)).remember(id, 'correct horse', true);
  expect(await readFile(path, 'utf8')).not.toMatch(/correct|horse/);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const later = await open(keyring);
  expect({ password: later.get(id), remembered: later.isRemembered(id), ids: later.ids }).toEqual({
    password: 'correct horse',
    remembered: true,
    ids: [id],
  });
});

it('keeps it in memory alone without a real store, even when asked to remember', async () => {
  const store = await open(noKeyring);
  await store.remember(id, 'correct horse', true);
  expect({ password: store.get(id), remembered: store.isRemembered(id) }).toEqual({
    password: 'correct horse',
    remembered: false,
  });
  await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
  expect((await open(noKeyring)).get(id)).toBeUndefined();
});

it('keeps it in memory alone when not asked to remember, and takes an older one off the disk', async () => {
  await (await open(keyring)).remember(id, 'old', true);
  const store = await open(keyring);
  await store.remember(id, 'new', false);
  expect(store.get(id)).toBe('new');
  expect((await open(keyring)).get(id)).toBeUndefined();
});

it('forgets on disk and in memory', async () => {
  const store = await open(keyring);
  await store.remember(id, 'x', true);
  await store.forget(id);
  expect(store.get(id)).toBeUndefined();
  expect((await open(keyring)).ids).toEqual([]);
});

it('asks again when the keyring is another one', async () => {
  await (await open(keyring)).remember(id, 'é', true);
  const other: Encryption = {
    ...keyring,
    decrypt: () => {
      throw new Error('cannot decrypt');
    },
  };
  expect((await open(other)).get(id)).toBeUndefined();
});
