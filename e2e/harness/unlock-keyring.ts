import { type Target, type UserBus, variant } from './user-bus.ts';

const service: Target = {
  destination: 'org.freedesktop.secrets',
  path: '/org/freedesktop/secrets',
  interface: 'org.freedesktop.Secret.Service',
};
const withoutAsking = 'org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface';

/** Unlocks gnome-keyring's login keyring as another program of the desktop does, without its question. */
export async function unlockKeyring(bus: UserBus, password: string): Promise<void> {
  const [, session] = await bus.call(service, 'OpenSession', 'sv', ['plain', variant('s', '')]);
  const [collection] = await bus.call(service, 'ReadAlias', 's', ['default']);
  const secret = [session, [], [...Buffer.from(password)], 'text/plain'];
  await bus.call({ ...service, interface: withoutAsking }, 'UnlockWithMasterPassword', 'o(oayays)', [
    collection,
    secret,
  ]);
}
