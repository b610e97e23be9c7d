import { describe, expect, it } from 'vitest';
import { BusError } from '../bus/messages.ts';
import { ejectDisk } from './eject.ts';
import type { BlockDevice } from './udisks.ts';

const stick: BlockDevice = {
  path: '/blocks/sdb1',
  device: '/dev/sdb1',
  drive: '/drives/usb',
  mountPoints: ['/media/stick'],
  backing: undefined,
  isEncrypted: false,
  isLoop: false,
};

interface Wish {
  readonly block?: BlockDevice;
  readonly canPowerOff?: boolean;
  readonly powerOff?: () => Promise<void>;
  readonly users?: readonly string[];
}

function eject({ block = stick, canPowerOff = true, powerOff = async () => undefined, users = [] }: Wish) {
  let mountPoints = block.mountPoints;
  const done = async (): Promise<void> => undefined;
  const drives = [{ path: '/drives/usb', canPowerOff, isEjectable: false }];
  const udisks = {
    look: async () => ({ blocks: [{ ...block, mountPoints }], drives }),
    unmount: async () => {
      mountPoints = [];
    },
    lock: done,
    detachLoop: done,
    eject: done,
    powerOff,
  };
  return ejectDisk('/media/stick', { udisks, usersOf: async () => [], usersOfDevices: async () => [...users] });
}

describe('a disk of which nothing is mounted any more', () => {
  it('is safe when it was powered off', async () => {
    expect(await eject({})).toEqual({ safeToUnplug: true, text: 'It is powered off and can be unplugged.' });
  });

  it('is not safe while something that is not mounted uses it: a logical volume, an array, swap', async () => {
    expect(await eject({ users: ['backup-vg', 'swap on /dev/sdb2'] })).toEqual({
      safeToUnplug: false,
      text: 'It is unmounted, but its disk is still in use: backup-vg and swap on /dev/sdb2.',
    });
  });

  it('is not safe when the system will not let it go because it is busy', async () => {
    const powerOff = () => Promise.reject(new BusError('org.freedesktop.UDisks2.Error.DeviceBusy', 'busy'));
    expect(await eject({ powerOff })).toEqual({
      safeToUnplug: false,
      text: 'It is unmounted, but its disk is still busy.',
    });
  });

  it('is safe to unplug although we may not power it off', async () => {
    const powerOff = () => Promise.reject(new BusError('org.freedesktop.UDisks2.Error.NotAuthorized', 'no'));
    expect(await eject({ powerOff })).toEqual({ safeToUnplug: true, text: 'It is unmounted and can be unplugged.' });
  });

  it('is not called safe where the disk below is not known', async () => {
    expect(await eject({ block: { ...stick, drive: undefined } })).toEqual({
      safeToUnplug: false,
      text: '/media/stick is unmounted. Which disk it lies on is not known, nor what else uses that.',
    });
  });
});
