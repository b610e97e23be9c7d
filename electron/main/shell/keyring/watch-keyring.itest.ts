import { afterEach, beforeEach, expect, it } from 'vitest';
import { variant } from '../bus/messages.ts';
import { type Answer, busService } from '../testing/bus-service.ts';
import { type PrivateBus, privateBus } from '../testing/private-bus.ts';
import type { KeyringState } from './keyring-services.ts';
import { lookAtKeyring, watchKeyring } from './watch-keyring.ts';

let bus: PrivateBus;
let told: KeyringState[];
const running: (() => void)[] = [];
beforeEach(async () => {
  bus = await privateBus();
  told = [];
});
afterEach(async () => {
  for (const stop of running.splice(0)) stop();
  await bus.remove();
});

const desktop = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  DBUS_SESSION_BUS_ADDRESS: bus.address,
  ...more,
});
const kde = { XDG_CURRENT_DESKTOP: 'KDE', KDE_SESSION_VERSION: '6' };

function watch(more: Readonly<Record<string, string>> = {}): void {
  const onState = (state: KeyringState): void => {
    if (told.at(-1) !== state) told.push(state);
  };
  running.push(watchKeyring({ environment: desktop(more), onState, log: () => undefined }));
}

interface FakeSecrets {
  collection: string;
  locked: boolean;
  /** Whatever was asked: nothing among it may ask a person. */
  readonly calls: string[];
}

function secretService(state: FakeSecrets): ReturnType<typeof busService> {
  const answer: Answer = ({ member, body }) => {
    state.calls.push(`${member} ${body.join(' ')}`);
    if (member === 'ReadAlias') return { signature: 'o', body: [state.collection] };
    if (member === 'Get') return { signature: 'v', body: [variant('b', state.locked)] };
    return { error: 'org.freedesktop.DBus.Error.UnknownMethod', text: 'no' };
  };
  return busService(bus.address, 'org.freedesktop.secrets', answer);
}

const login = '/org/freedesktop/secrets/collection/login';
const changed = ['org.freedesktop.Secret.Collection', {}, []];
const properties = 'org.freedesktop.DBus.Properties';

it('tells that it is locked, and when it is unlocked, and has only looked', async () => {
  const state: FakeSecrets = { collection: login, locked: true, calls: [] };
  const service = await secretService(state);
  watch();
  await expect.poll(() => told).toEqual(['locked']);
  state.locked = false;
  service.emit(login, properties, 'PropertiesChanged', 'sa{sv}as', changed);
  await expect.poll(() => told).toEqual(['locked', 'unlocked']);
  expect(new Set(state.calls)).toEqual(new Set(['ReadAlias default', 'Get org.freedesktop.Secret.Collection Locked']));
});

it('takes a keyring that was never made for a locked one: its first use would ask', async () => {
  const state: FakeSecrets = { collection: '/', locked: false, calls: [] };
  const service = await secretService(state);
  watch();
  await expect.poll(() => told).toEqual(['locked']);
  state.collection = login;
  service.emit('/org/freedesktop/secrets', 'org.freedesktop.Secret.Service', 'CollectionCreated', 'o', [login]);
  await expect.poll(() => told).toEqual(['locked', 'unlocked']);
});

it('hears of one that comes later', async () => {
  watch();
  await expect.poll(() => told).toEqual(['absent']);
  await secretService({ collection: login, locked: false, calls: [] });
  await expect.poll(() => told).toEqual(['absent', 'unlocked']);
});

it('looks at KDE’s wallet as well, under KDE', async () => {
  let isOpen = false;
  const calls: string[] = [];
  const service = await busService(bus.address, 'org.kde.kwalletd6', ({ path, member, body }) => {
    calls.push(`${path} ${member} ${body.join(' ')}`.trim());
    if (member === 'networkWallet') return { signature: 's', body: ['kdewallet'] };
    if (member === 'isOpen') return { signature: 'b', body: [isOpen] };
    return { error: 'org.freedesktop.DBus.Error.UnknownMethod', text: 'no' };
  });
  watch(kde);
  await expect.poll(() => told).toEqual(['locked']);
  isOpen = true;
  service.emit('/modules/kwalletd6', 'org.kde.KWallet', 'walletOpened', 's', ['kdewallet']);
  await expect.poll(() => told).toEqual(['locked', 'unlocked']);
  expect(new Set(calls)).toEqual(new Set(['/modules/kwalletd6 networkWallet', '/modules/kwalletd6 isOpen kdewallet']));
  expect(await lookAtKeyring(desktop(), 10_000)).toBe('absent');
});

it('counts one that does not answer as locked, and no bus as no keyring', async () => {
  await busService(bus.address, 'org.freedesktop.secrets', () => 'silence');
  expect(await lookAtKeyring(desktop(), 100)).toBe('locked');
  expect(await lookAtKeyring({}, 10_000)).toBe('absent');
});
