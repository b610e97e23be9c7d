import { existsSync, readFileSync } from 'node:fs';
import { hasCode } from './errno.ts';

/** A device mapper volume, by its device number. */
export interface MappedDevice {
  /** As in /dev/mapper. */
  readonly name: string;
  /** `LVM-` and two ids without dashes, `CRYPT-…`, or what else made it; empty where nothing did. */
  readonly uuid: string;
}

/** `8:1` and the like; undefined for devices of other kinds. From /sys: nothing is opened. */
export function mappedDevice(number: string): MappedDevice | undefined {
  const directory = `/sys/dev/block/${number}/dm`;
  try {
    const read = (name: string): string => readFileSync(`${directory}/${name}`, 'utf8').trim();
    return { name: read('name'), uuid: read('uuid') };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Whether programs can speak to the kernel's device mapper; in a container they often cannot. */
export function hasDeviceMapper(): boolean {
  return existsSync('/dev/mapper/control');
}
