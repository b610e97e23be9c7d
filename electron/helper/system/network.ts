import { busProperty, type SystemBus } from './system-bus.ts';

/**
 * Whether the network in use is paid by volume, as NetworkManager knows or guesses; null without one. Source:
 * NMMetered: 1 yes, 2 no, 3 guessed yes, 4 guessed no, 0 unknown.
 */
export async function metered(bus: SystemBus = {}): Promise<boolean | null> {
  const answer = await busProperty(
    {
      service: 'org.freedesktop.NetworkManager',
      path: '/org/freedesktop/NetworkManager',
      interface: 'org.freedesktop.NetworkManager',
      name: 'Metered',
    },
    bus,
  );
  if (answer.state !== 'value') return null;
  if (answer.value === 1 || answer.value === 3) return true;
  return answer.value === 2 || answer.value === 4 ? false : null;
}
