import type { BusLink } from '../bus/bus-link.ts';
import { busName, plain, property } from '../bus/messages.ts';
import { watcher, watcherPath } from './tray-host.ts';

const itemPath = '/StatusNotifierItem';
const itemInterface = 'org.kde.StatusNotifierItem';

/**
 * Registers our icon with a watcher that does not know it. Chromium, which keeps the icon on a connection of its own,
 * does so once in its life and not for a panel that was started anew. Rejects with `BusError`.
 */
export async function registerAgain(bus: BusLink, pid: number): Promise<void> {
  const [answer] = await bus.call(property(watcher, watcherPath, watcher, 'RegisteredStatusNotifierItems'));
  const items = plain(answer);
  const owners = (Array.isArray(items) ? items : []).map((item) => String(item).split('/')[0] ?? '');
  for (const owner of owners) if ((await processOf(bus, owner)) === pid) return;
  const item = await itemOf(bus, pid);
  if (item === undefined) return;
  await bus.call({
    destination: watcher,
    path: watcherPath,
    interface: watcher,
    member: 'RegisterStatusNotifierItem',
    signature: 's',
    body: [item],
  });
}

/** Unique name of the connection of this process that has an icon. */
async function itemOf(bus: BusLink, pid: number): Promise<string | undefined> {
  const [names] = await bus.call({ ...busName, member: 'ListNames' });
  const connections = (Array.isArray(names) ? names : []).filter((name) => String(name).startsWith(':'));
  for (const name of connections.map(String)) {
    if ((await processOf(bus, name)) !== pid) continue;
    const hasIcon = await bus.call(property(name, itemPath, itemInterface, 'Id')).then(
      () => true,
      () => false,
    );
    if (hasIcon) return name;
  }
  return undefined;
}

async function processOf(bus: BusLink, name: string): Promise<number | undefined> {
  const call = { ...busName, member: 'GetConnectionUnixProcessID', signature: 's', body: [name] };
  const [pid] = await bus.call(call).catch(() => []);
  return typeof pid === 'number' ? pid : undefined;
}
