import type { BusLink } from '../bus/bus-link.ts';
import { plain, property } from '../bus/messages.ts';

export const watcher = 'org.kde.StatusNotifierWatcher';
export const watcherPath = '/StatusNotifierWatcher';

/**
 * Tells whether something on this desktop shows tray icons: a panel that registered as a host of StatusNotifierItems.
 * A panel that was replaced is told as gone and come, so that an icon can be registered with the new one.
 */
export function watchTrayHost(bus: BusLink, onChange: (isThere: boolean) => void): () => void {
  let isThere = false;
  let asked = 0;
  const tell = (now: boolean): void => {
    if (now === isThere) return;
    isThere = now;
    onChange(now);
  };
  const ask = async (): Promise<void> => {
    asked += 1;
    const mine = asked;
    const [value] = await bus
      .call(property(watcher, watcherPath, watcher, 'IsStatusNotifierHostRegistered'))
      .catch(() => [false]);
    // A later question knows better.
    if (mine === asked) tell(plain(value) === true);
  };
  const unwatch = bus.watchName(watcher, (owner) => {
    asked += 1;
    tell(false);
    if (owner !== undefined) void ask();
  });
  const unlisten = bus.onSignal({ interface: watcher, path: watcherPath }, ({ sender, member }) => {
    const isAboutHosts = member === 'StatusNotifierHostRegistered' || member === 'StatusNotifierHostUnregistered';
    if (isAboutHosts && sender === bus.ownerOf(watcher)) void ask();
  });
  return () => {
    asked += 1;
    unwatch();
    unlisten();
  };
}
