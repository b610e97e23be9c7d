import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** What still uses block devices that hold nothing mounted: logical volumes, arrays, opened encryption, swap. For people. */
export type DeviceUsers = (devices: readonly string[]) => Promise<string[]>;

/** As the kernel sees it. Source: sysfs(5), `holders`; proc(5), `/proc/swaps`. */
export const usersOfDevices: DeviceUsers = async (devices) => {
  const swaps = (await readFile('/proc/swaps', 'utf8').catch(() => '')).split('\n').map((line) => line.split(/\s/)[0]);
  const found = await Promise.all(devices.map((device) => usersOf(device, swaps.includes(device))));
  return [...new Set(found.flat())].toSorted();
};

async function usersOf(device: string, isSwap: boolean): Promise<string[]> {
  const folder = join('/sys/class/block', basename(device));
  const holders = await readdir(join(folder, 'holders')).catch(() => []);
  const names = await Promise.all(holders.map(nameOf));
  return isSwap ? [...names, `swap on ${device}`] : names;
}

/** A mapped device has a name that people gave it. */
async function nameOf(holder: string): Promise<string> {
  const name = await readFile(join('/sys/class/block', holder, 'dm/name'), 'utf8').catch(() => '');
  return name.trim() === '' ? holder : name.trim();
}
