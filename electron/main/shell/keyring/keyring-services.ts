import type { BusLink } from '../bus/bus-link.ts';
import { busName, plain, property } from '../bus/messages.ts';

/** `absent`: there is none, and none would be started by asking for it. */
export type KeyringState = 'unlocked' | 'locked' | 'absent';

/** A kind of keyring, and how it is asked whether it is locked in a way that never makes it ask anybody. */
export interface KeyringService {
  readonly name: string;
  /** Interfaces whose signals may mean that it was unlocked. */
  readonly tells: readonly string[];
  /** `owner`: its unique name; nothing is started by asking that. Rejects with `BusError`. */
  isUnlocked(bus: BusLink, owner: string): Promise<boolean>;
}

const secretService: KeyringService = {
  name: 'org.freedesktop.secrets',
  tells: ['org.freedesktop.DBus.Properties', 'org.freedesktop.Secret.Service'],
  isUnlocked: async (bus, owner) => {
    const service = { path: '/org/freedesktop/secrets', interface: 'org.freedesktop.Secret.Service' };
    const read = { ...service, destination: owner, member: 'ReadAlias', signature: 's', body: ['default'] };
    const [path] = await bus.call(read);
    // Where there is no keyring yet, the first use asks for a password for a new one.
    if (typeof path !== 'string' || path === '/') return false;
    const [locked] = await bus.call(property(owner, path, 'org.freedesktop.Secret.Collection', 'Locked'));
    return plain(locked) === false;
  },
};

function kwallet(daemon: string): KeyringService {
  const wallet = { path: `/modules/${daemon}`, interface: 'org.kde.KWallet' };
  return {
    name: `org.kde.${daemon}`,
    tells: [wallet.interface],
    isUnlocked: async (bus, owner) => {
      const [name] = await bus.call({ ...wallet, destination: owner, member: 'networkWallet' });
      const isOpen = { ...wallet, destination: owner, member: 'isOpen', signature: 's', body: [name] };
      return (await bus.call(isOpen))[0] === true;
    },
  };
}

/**
 * Whom Chromium asks for its key at a start, before any of it is used. The Secret Service under every desktop; KDE's own
 * as well under KDE, by the version of its session.
 */
export function keyringServices(environment: Readonly<Record<string, string | undefined>>): readonly KeyringService[] {
  const { XDG_CURRENT_DESKTOP: desktop = '', KDE_SESSION_VERSION: version } = environment;
  if (!desktop.split(':').some((name) => name.toUpperCase() === 'KDE')) return [secretService];
  return [secretService, kwallet(version === '5' || version === '6' ? `kwalletd${version}` : 'kwalletd')];
}

/** Rejects with `BusError` where there is no bus or no answer. */
export async function stateOf(bus: BusLink, service: KeyringService): Promise<KeyringState> {
  const [isOwned] = await bus.call({ ...busName, member: 'NameHasOwner', signature: 's', body: [service.name] });
  if (isOwned === true) {
    const [owner] = await bus.call({ ...busName, member: 'GetNameOwner', signature: 's', body: [service.name] });
    return (await service.isUnlocked(bus, String(owner))) ? 'unlocked' : 'locked';
  }
  const [names] = await bus.call({ ...busName, member: 'ListActivatableNames' });
  return Array.isArray(names) && names.includes(service.name) ? 'locked' : 'absent';
}
