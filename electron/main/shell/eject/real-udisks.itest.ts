import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { BusLink } from '../bus/bus-link.ts';
import { DiskService } from '../testing/disk-service.ts';
import { privateBus } from '../testing/private-bus.ts';
import type { EjectOutcome } from './eject.ts';
import { type DiskRoom, openDiskRoom, type Part, type Who, whyNoDiskRoom } from './testing/disk-room.ts';

const why = whyNoDiskRoom();
const needs = why === '' ? 'needs root, udisksd and polkitd' : why;
const patienceMs = 300_000;
const program = fileURLToPath(new URL('./testing/eject-program.ts', import.meta.url));
const user: Who = { uid: 65_534, gid: 65_534 };
const root: Who = { uid: 0, gid: 0 };

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function roomWith(...parts: Part[]): Promise<DiskRoom> {
  const room = await openDiskRoom(...parts);
  undo.push(room.stop);
  return room;
}

async function eject(room: DiskRoom, place: string): Promise<EjectOutcome> {
  const { stdout } = await promisify(execFile)(...room.within([process.execPath, program, room.address, place], user));
  return JSON.parse(stdout) as EjectOutcome;
}

/** A program that uses the mount, with these rights. */
async function using(room: DiskRoom, place: string, who: Who): Promise<() => Promise<void>> {
  const script = `cd '${place}' && echo there && exec sleep 600`;
  const child: ChildProcess = spawn(...room.within(['sh', '-c', script], who), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const leave = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  undo.push(leave);
  await once(child.stdout ?? child, 'data');
  return leave;
}

it.skipIf(why !== '')(
  `names who uses it, and is safe once every part of the disk is unmounted, not before (${needs})`,
  { timeout: patienceMs },
  async () => {
    const room = await roomWith({ label: 'ONE' }, { label: 'TWO' });
    const [one, two] = await Promise.all([room.mount('ONE', user), room.mount('TWO', user)]);
    expect(room.mounted().toSorted()).toEqual(['/media/nobody/ONE', '/media/nobody/TWO']);

    const leave = await using(room, two, user);
    expect(await eject(room, one)).toEqual({
      safeToUnplug: false,
      text: `${two} is in use by sleep. Close what is open there and try again.`,
    });
    expect(room.mounted()).toEqual([two]);
    await leave();
    const leaveAgain = await using(room, two, root);
    expect(await eject(room, two)).toEqual({
      safeToUnplug: false,
      text: `${two} is in use by another program. Close what is open there and try again.`,
    });
    await leaveAgain();

    expect(await eject(room, two)).toEqual({ safeToUnplug: true, text: expect.stringContaining('can be') });
    expect(room.mounted()).toEqual([]);
  },
);

it.skipIf(why !== '')(
  `leaves what another user mounted, with words and no question; knows what is not mounted (${needs})`,
  { timeout: patienceMs },
  async () => {
    const room = await roomWith({ label: 'ONE' });
    expect(await eject(room, '/media/nobody/ONE')).toEqual({
      safeToUnplug: false,
      text: 'Nothing that can be ejected is mounted at /media/nobody/ONE.',
    });
    const place = await room.mount('ONE', root);
    expect(await eject(room, place)).toEqual({
      safeToUnplug: false,
      text: `${place} may only be unmounted by an administrator. Eject it in the file manager, which can ask for that.`,
    });
    expect(room.mounted()).toEqual([place]);
  },
);

it.skipIf(why !== '')(`the made-up disk service speaks as the real one (${needs})`, async () => {
  const room = await roomWith({ label: 'ONE' }, { label: 'TWO', isEncrypted: true });
  const bus = await privateBus();
  undo.push(bus.remove);
  const madeUp = new DiskService(
    [
      { name: 'sdb1', drive: 'usb', mounts: ['/media/one'] },
      { name: 'sdb2', drive: 'usb', isEncrypted: true, mounts: [] },
    ],
    [{ name: 'usb', canPowerOff: true, isEjectable: true }],
  );
  await madeUp.start(bus.address);
  undo.push(() => madeUp.stop());
  const [real, fake] = await Promise.all([linkTo(room.address), linkTo(bus.address)]);

  const types = typesOf(await objectsOf(real));
  for (const [property, type] of typesOf(await objectsOf(fake)))
    expect([property, types.get(property)]).toEqual([property, type]);

  const methods = await methodsOf(real);
  for (const method of ['Filesystem.Unmount', 'Encrypted.Lock', 'Loop.Delete', 'Drive.Eject', 'Drive.PowerOff'])
    expect([method, methods.get(`org.freedesktop.UDisks2.${method}`)]).toEqual([method, { in: 'a{sv}', out: '' }]);
});

type Objects = Record<string, Record<string, Record<string, { readonly signature: string }>>>;

async function linkTo(address: string): Promise<BusLink> {
  const link = new BusLink({ address: () => address, log: () => undefined });
  link.start();
  undo.push(() => link.stop());
  await expect.poll(() => link.isUp).toBe(true);
  return link;
}

async function objectsOf(link: BusLink): Promise<Objects> {
  const [objects] = await link.call({
    destination: 'org.freedesktop.UDisks2',
    path: '/org/freedesktop/UDisks2',
    interface: 'org.freedesktop.DBus.ObjectManager',
    member: 'GetManagedObjects',
  });
  return objects as Objects;
}

/** `INTERFACE.PROPERTY` with its type. */
function typesOf(objects: Objects): Map<string, string> {
  const interfaces = Object.values(objects).flatMap((object) => Object.entries(object));
  return new Map(
    interfaces.flatMap(([name, properties]) =>
      Object.entries(properties).map(([property, { signature }]) => [`${name}.${property}`, signature] as const),
    ),
  );
}

/** `INTERFACE.METHOD` with the types of what goes in and comes out, as each object tells of itself. */
async function methodsOf(link: BusLink): Promise<Map<string, { in: string; out: string }>> {
  const found = new Map<string, { in: string; out: string }>();
  for (const path of Object.keys(await objectsOf(link))) {
    const [xml] = await link.call({
      destination: 'org.freedesktop.UDisks2',
      path,
      interface: 'org.freedesktop.DBus.Introspectable',
      member: 'Introspect',
    });
    for (const [, name, body = ''] of String(xml).matchAll(/<interface name="(.+?)">(.*?)<\/interface>/gs)) {
      for (const [, method, args = ''] of body.matchAll(/<method name="(.+?)">(.*?)<\/method>/gs)) {
        const direction = (way: string): string =>
          [...args.matchAll(/<arg (.+?)\/>/g)]
            .map(([, attributes = '']) => attributes)
            .filter((attributes) => attributes.includes(`direction="${way}"`))
            .map((attributes) => /type="(.+?)"/.exec(attributes)?.[1] ?? '')
            .join('');
        found.set(`${name}.${method}`, { in: direction('in'), out: direction('out') });
      }
    }
  }
  return found;
}
