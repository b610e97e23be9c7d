import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FilesystemFacts } from '../../../sources/index.ts';
import { createAtomicMethod } from '../atomic-method.ts';
import { factsOfNothing } from '../testing/facts-of-nothing.ts';
import { type BtrfsConditions, btrfsDriver } from './btrfs-driver.ts';

function promise(
  facts: FilesystemFacts,
  conditions: Partial<BtrfsConditions> = {},
  { isPermitted = true, onlyDirectPlaces = false } = {},
) {
  const driver = btrfsDriver({
    kernel: () => ({ major: 6, minor: 1 }),
    swapFiles: () => [],
    availableBytes: () => 1n << 30n,
    ...conditions,
  });
  const steps = { flush: async () => {}, isPermitted: () => isPermitted };
  const method = createAtomicMethod(driver, { recordsFolder: '/nowhere', onlyDirectPlaces }, steps);
  return method.preflight(facts, { longestStallMs: 250 });
}

const btrfs = factsOfNothing('btrfs');

describe('a btrfs snapshot', () => {
  it('is promised as what a power cut would leave', async () => {
    expect(await promise(btrfs)).toMatchObject({
      ...{ available: true, level: 'crash', remedies: [] },
      reasons: [
        'Nobody is held: what is being written at that moment may be there in part, as after a power cut; what was finished before is all there.',
      ],
    });
  });

  it('is promised without the subvolumes inside, and says so', async () => {
    const reason = 'A subvolume of its own: it would be from another moment.';
    const leftOut = ['a', 'b'].map((name) => ({ path: `/home/someone/${name}`, reason }));
    const { available, reasons } = await promise({ ...btrfs, leftOut });
    expect(available).toBe(true);
    expect(reasons[1]).toBe(
      '2 subvolumes inside (for example /home/someone/a) would be from another moment and are left out; add them as sources of their own.',
    );
  });

  const followed = factsOfNothing('btrfs', { followedFrom: '/data' });
  const refusals: readonly [string, ReturnType<typeof promise>, string, string?][] = [
    ['of another filesystem', promise(factsOfNothing('ext4')), 'ext4 is no btrfs, and has no snapshots of this kind.'],
    [
      'on an old kernel',
      promise(btrfs, { kernel: () => ({ major: 5, minor: 6 }) }),
      'Linux 5.6 cannot remove a snapshot safely; 5.7 or later is needed.',
    ],
    [
      'on what is read-only',
      promise(factsOfNothing('btrfs', { mount: { superOptions: ['ro'] } })),
      'The filesystem is read-only, so no snapshot can be made on it.',
    ],
    [
      'beside a swap file in use',
      // A file that is surely there, on the device the facts are said to be of.
      promise(
        { ...btrfs, deviceId: statSync('/proc/self/exe', { bigint: true }).dev },
        { swapFiles: () => ['/proc/self/exe'] },
      ),
      '/proc/self/exe is in use as a swap file; btrfs makes no snapshot of a subvolume that holds one.',
    ],
    [
      'without room',
      promise(btrfs, { availableBytes: () => 3n << 20n }),
      'Only 3.0 MiB are free on /home; a snapshot needs 8.0 MiB.',
      'free-space',
    ],
    [
      'without rights',
      promise(btrfs, {}, { isPermitted: false }),
      'Making a snapshot needs administrator rights.',
      'grant-helper',
    ],
    [
      'through a link, by a helper with more rights than its caller',
      promise(followed, {}, { onlyDirectPlaces: true }),
      '/data is reached through a link, which could be made to lead elsewhere; add /home/someone itself.',
    ],
  ];
  it.each(refusals)('is refused, in words, %s', async (_name, asked, words, remedy) => {
    expect(await asked).toMatchObject({
      ...{ available: false, reasons: [words] },
      remedies: remedy === undefined ? [] : [remedy],
    });
  });

  it('is possible through a link for whoever has no more rights than he was given', async () => {
    expect(await promise(followed)).toMatchObject({ available: true });
  });
});
