import { expect, it } from 'vitest';
import { atomicSteps, createAtomicMethod } from './atomic-method.ts';
import { btrfsDriver } from './btrfs/index.ts';
import type { AtomicDriver } from './driver.ts';
import { lvmDriver } from './lvm/index.ts';
import { factsOfNothing } from './testing/facts-of-nothing.ts';
import { zfsDriver } from './zfs/index.ts';

/** No device has this number: none is asked about. */
const facts = factsOfNothing('ext4', { device: '/dev/sda2', mount: { major: 4095, minor: 1048575 } });

it.each<[string, AtomicDriver]>([
  ['btrfs', btrfsDriver()],
  ['LVM', lvmDriver()],
  ['ZFS', zfsDriver()],
])(
  'a %s snapshot promises nothing on storage of another kind: it is no stronger way that was missed',
  async (_name, driver) => {
    const method = createAtomicMethod(
      driver,
      { recordsFolder: '/nowhere' },
      { ...atomicSteps, isPermitted: () => true },
    );
    const { available, level, reasons } = await method.preflight(facts, { longestStallMs: 250 });
    expect({ available, level, reasons: reasons.length }).toEqual({ available: false, level: 'torn', reasons: 1 });
  },
);
