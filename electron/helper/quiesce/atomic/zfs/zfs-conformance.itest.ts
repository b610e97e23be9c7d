import { join } from 'node:path';
import { describe } from 'vitest';
import type { FilesystemFacts } from '../../../sources/index.ts';
import { openLoopFilesystem, whyNoLoopFilesystem } from '../../../system/testing/loop-filesystem.ts';
import { examineFolder } from '../../testing/examine-folder.ts';
import { describeMethodConformance, type MethodFixture } from '../../testing/method-conformance.ts';
import { scratchFolder } from '../../testing/scratch-folder.ts';
import { createAtomicMethod } from '../atomic-method.ts';
import { namesIn } from '../testing/btrfs-fixture.ts';
import { fakeZfs } from '../testing/fake-zfs.ts';
import { openBelow } from '../testing/open-below.ts';
import { makeSmallTree } from '../testing/small-tree.ts';
import { zfsDriver } from './zfs-driver.ts';

const dataset = 'tank/home';

/** The part of ZFS is played by a program that answers as `zfs` does, and by snapshots of a btrfs. */
async function open(): Promise<MethodFixture<FilesystemFacts>> {
  const filesystem = await openLoopFilesystem({ type: 'btrfs', sizeMiB: 128 });
  const records = scratchFolder('records');
  const root = join(filesystem.mountPoint, 'source');
  makeSmallTree(root);
  const zfs = fakeZfs(dataset, filesystem.mountPoint);
  const real = await examineFolder(root);
  const mount = { ...real.mount, fsType: 'zfs', source: dataset };
  return {
    method: createAtomicMethod(zfsDriver({ zfs: zfs.tool, mounts: () => [mount] }), { recordsFolder: records.path }),
    facts: { ...real, filesystem: 'zfs', device: dataset, mount },
    lease: { longestStallMs: 250 },
    isHeld: () => false,
    leftovers: () => [
      ...openBelow(filesystem.mountPoint, records.path),
      ...zfs.snapshots.keys(),
      ...namesIn(join(filesystem.mountPoint, '.zfs/snapshot')),
      ...namesIn(records.path),
    ],
    endNextHoldEarly: null,
    [Symbol.asyncDispose]: async () => {
      await filesystem.close();
      records[Symbol.dispose]();
    },
  };
}

const missing = whyNoLoopFilesystem('btrfs');
describe.skipIf(missing !== undefined)(missing ?? 'a ZFS snapshot', () => {
  describeMethodConformance('keeps the contract', open, { holdsWriters: false });
});
