import { sessionBusAddress } from '../bus/bus-address.ts';
import { BusLink } from '../bus/bus-link.ts';
import { type KeyringState, keyringServices, stateOf } from './keyring-services.ts';

export interface KeyringWatch {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told after each look. `unlocked`: using it asks nobody. */
  readonly onState: (state: KeyringState) => void;
  readonly log: (line: string) => void;
}

/**
 * Looks whether this desktop's keyring is locked, at once and whenever that may have changed, over a connection of its own
 * and without ever starting it or making it ask for its password. Returns what ends the watch. Without a bus nothing is told.
 */
export function watchKeyring({ environment, onState, log }: KeyringWatch): () => void {
  const services = keyringServices(environment);
  const bus = new BusLink({ address: () => sessionBusAddress(environment), log });
  let isOver = false;
  let looks = 0;
  const look = async (): Promise<void> => {
    looks += 1;
    const mine = looks;
    try {
      const states = await Promise.all(services.map((service) => stateOf(bus, service)));
      // A later look knows better.
      if (isOver || mine !== looks) return;
      onState(states.find((state) => state === 'locked') ?? states.find((state) => state === 'unlocked') ?? 'absent');
    } catch (error) {
      if (!isOver) log(`keyring: ${String(error)}`);
    }
  };
  for (const { name, tells } of services) {
    bus.watchName(name, () => void look());
    for (const from of tells) {
      bus.onSignal({ interface: from }, ({ sender }) => {
        if (sender === bus.ownerOf(name)) void look();
      });
    }
  }
  // The bus itself answers for a name that nobody has.
  bus.watchName('org.freedesktop.DBus', (owner) => {
    if (owner !== undefined) void look();
  });
  bus.start();
  return () => {
    isOver = true;
    bus.stop();
  };
}

/** The first look alone. `locked` also where nobody answers in time although there is a bus. Milliseconds. */
export function lookAtKeyring(
  environment: Readonly<Record<string, string | undefined>>,
  patienceMs: number,
): Promise<KeyringState> {
  if (sessionBusAddress(environment) === undefined) return Promise.resolve('absent');
  return new Promise((resolve) => {
    const done = (state: KeyringState): void => {
      clearTimeout(timer);
      stop();
      resolve(state);
    };
    const timer = setTimeout(() => done('locked'), patienceMs);
    const stop = watchKeyring({ environment, onState: done, log: () => undefined });
  });
}
