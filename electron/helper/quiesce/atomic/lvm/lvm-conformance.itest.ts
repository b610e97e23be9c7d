import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FilesystemFacts } from '../../../sources/index.ts';
import { openDetachedMount } from '../../../system/mount-calls.ts';
import { openLoopFilesystem, whyNoLoopFilesystem } from '../../../system/testing/loop-filesystem.ts';
import { examineFolder } from '../../testing/examine-folder.ts';
import { describeMethodConformance, type MethodFixture } from '../../testing/method-conformance.ts';
import { readView } from '../../testing/read-view.ts';
import { recordingReporter } from '../../testing/recording-reporter.ts';
import { scratchFolder } from '../../testing/scratch-folder.ts';
import { createAtomicMethod } from '../atomic-method.ts';
import { removeLeftoversOf } from '../leftovers.ts';
import { namesIn } from '../testing/btrfs-fixture.ts';
import { fakeLvm, fakeVolume, mappedUuid } from '../testing/fake-lvm.ts';
import { openBelow } from '../testing/open-below.ts';
import { makeSmallTree } from '../testing/small-tree.ts';
import { lvmDriver } from './lvm-driver.ts';

/** LVM's part is played by a program that answers as LVM does and copies the frozen image; see e2e for real volumes. */
async function openOn(type: 'ext4' | 'xfs', segtype: 'linear' | 'thin', isFrozen = true) {
  const filesystem = await openLoopFilesystem({ type, sizeMiB: 32 });
  const records = scratchFolder('records');
  const images = scratchFolder('images');
  const root = join(filesystem.mountPoint, 'source');
  makeSmallTree(root);
  const volume = fakeVolume(segtype === 'thin' ? { segtype, pool_lv: 'pool' } : {});
  const lvm = fakeLvm([volume], { filesystem, folder: images.path, isFrozen });
  const driver = lvmDriver({
    lvm: lvm.tool,
    mappedDevice: () => ({ name: 'vg-home', uuid: mappedUuid }),
    hasDeviceMapper: () => true,
    openMount: openDetachedMount,
  });
  const method = createAtomicMethod(driver, { recordsFolder: records.path });
  return {
    ...{ driver, method, lvm, root, images, records },
    facts: await examineFolder(root),
    leftovers: () => [
      ...openBelow(filesystem.mountPoint, records.path),
      ...lvm.volumes.slice(1).map((each) => each.lv_name ?? ''),
      ...namesIn(images.path),
      ...namesIn(records.path),
    ],
    [Symbol.asyncDispose]: async () => {
      await lvm[Symbol.asyncDispose]();
      await filesystem.close();
      images[Symbol.dispose]();
      records[Symbol.dispose]();
    },
  };
}

async function open(type: 'ext4' | 'xfs', segtype: 'linear' | 'thin'): Promise<MethodFixture<FilesystemFacts>> {
  const fixture = await openOn(type, segtype);
  return { ...fixture, lease: { longestStallMs: 250 }, isHeld: () => false, endNextHoldEarly: null };
}

const never = new AbortController().signal;

for (const type of ['ext4', 'xfs'] as const) {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? `an LVM snapshot below ${type}`, () => {
    describeMethodConformance('of a thick volume keeps the contract', () => open(type, 'linear'), {
      holdsWriters: false,
    });
    if (type === 'ext4')
      describeMethodConformance('of a thin volume keeps the contract', () => open(type, 'thin'), {
        holdsWriters: false,
      });

    it('is read although a file in it was deleted and still open: what it has to tidy up is left alone', async () => {
      await using fixture = await openOn(type, 'linear');
      const path = join(fixture.root, 'unlinked');
      writeFileSync(path, Buffer.alloc(100_000, 1));
      const fd = openSync(path, 'r+');
      rmSync(path);
      try {
        const { value } = await fixture.method.withStillView(
          fixture.facts,
          { longestStallMs: 250 },
          { signal: never, report: recordingReporter() },
          (view) => readView(view, never),
        );
        expect([...value.keys()].sort()).toEqual([
          ...['empty', 'folder/deeper/large', 'folder/file', 'folder/second name'],
        ]);
      } finally {
        closeSync(fd);
      }
    });

    it('is dropped when its space ran out while it was read', async () => {
      await using fixture = await openOn(type, 'linear');
      const taking = fixture.method.withStillView(
        fixture.facts,
        { longestStallMs: 250 },
        { signal: never, report: recordingReporter() },
        async (view) => {
          Object.assign(fixture.lvm.volumes[1] ?? {}, { lv_snapshot_invalid: '1' });
          return readView(view, never);
        },
      );
      await expect(taking).rejects.toMatchObject({ kind: 'freeze-ended-early' });
      expect(fixture.leftovers()).toEqual([]);
    });

    it('that cannot be removed is told of, and removed later', async () => {
      await using fixture = await openOn(type, 'linear');
      const report = recordingReporter();
      fixture.lvm.failNext('lvremove', 'Logical volume vg/x in use.', 5);
      const { value } = await fixture.method.withStillView(
        fixture.facts,
        { longestStallMs: 250 },
        { signal: never, report },
        (view) => readView(view, never),
      );
      expect(value.get('folder/file')?.bytes.toString()).toBe('content');
      expect(report.notes).toEqual([
        expect.stringMatching(
          /^The LVM snapshot stillpoint-\S+ could not be removed \(.*in use\.\); it is tried again at the next start\.$/,
        ),
      ]);
      expect(namesIn(fixture.records.path)).toHaveLength(1);
      const { removed } = await removeLeftoversOf([fixture.driver], fixture.records.path);
      expect(removed).toHaveLength(1);
      expect(fixture.leftovers()).toEqual([]);
    });

    // xfs has no such mark: there all rests on what LVM does.
    if (type === 'ext4')
      it('is refused when it was made of a filesystem that was not held, flushed as it may be', async () => {
        await using fixture = await openOn(type, 'linear', false);
        const taking = fixture.method.withStillView(
          fixture.facts,
          { longestStallMs: 250 },
          { signal: never, report: recordingReporter() },
          (view) => readView(view, never),
        );
        await expect(taking).rejects.toMatchObject({
          kind: 'freeze-refused',
          message: expect.stringContaining('it may not have been made of a filesystem at rest'),
        });
        expect(fixture.leftovers()).toEqual([]);
      });
  });
}
