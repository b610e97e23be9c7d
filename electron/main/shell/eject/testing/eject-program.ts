import { BusLink } from '../../bus/bus-link.ts';
import { ejectDisk } from '../eject.ts';
import { Udisks } from '../udisks.ts';
import { usersOfDevices } from '../users-of-device.ts';
import { usersOfMount } from '../users-of-mount.ts';

// Ejects what is mounted at the second argument over the bus at the first, with the rights it is started with, and says
// in JSON what became of it.
const [address = '', mountPoint = ''] = process.argv.slice(2);
const link = new BusLink({ address: () => address, log: () => undefined });
const up = new Promise<void>((resolve) => {
  link.watchName('org.freedesktop.UDisks2', (owner) => owner !== undefined && resolve());
});
link.start();
await up;
const outcome = await ejectDisk(mountPoint, { udisks: new Udisks(link), usersOf: usersOfMount, usersOfDevices });
process.stdout.write(`${JSON.stringify(outcome)}\n`);
link.stop();
