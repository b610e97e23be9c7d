import { describe, expect, it } from 'vitest';
import type { FilesystemFacts } from '../../../sources/index.ts';
import { createAtomicMethod } from '../atomic-method.ts';
import { factsOfNothing } from '../testing/facts-of-nothing.ts';
import { type FakeVolume, fakeLvm, fakeVolume, groupUuid, mappedUuid, volumeUuid } from '../testing/fake-lvm.ts';
import { copySpace } from './copy-space.ts';
import { type LvmParts, lvmDriver } from './lvm-driver.ts';

const mibibyte = 1024 * 1024;
const mark = 'stillpoint-20260131235958-0123456789abcdef';

function parts(volumes: FakeVolume[], overrides: Partial<LvmParts> = {}): LvmParts {
  return {
    lvm: fakeLvm(volumes).tool,
    mappedDevice: () => ({ name: 'vg-home', uuid: mappedUuid }),
    hasDeviceMapper: () => true,
    openMount: async () => {
      throw new Error('wrong fs type, bad option, bad superblock');
    },
    ...overrides,
  };
}

async function promise(
  volumes: FakeVolume[],
  overrides: Partial<LvmParts> = {},
  facts: FilesystemFacts = factsOfNothing('ext4'),
  isPermitted = true,
) {
  const method = createAtomicMethod(
    lvmDriver(parts(volumes, overrides)),
    { recordsFolder: '/nowhere' },
    { flush: async () => {}, isPermitted: () => isPermitted },
  );
  return method.preflight(facts, { longestStallMs: 250 });
}

describe('an LVM snapshot is promised', () => {
  it('for a filesystem right on a logical volume with room in its group', async () => {
    expect(await promise([fakeVolume()])).toMatchObject({ available: true, level: 'filesystem', remedies: [] });
  });

  it('with a word about who else waits when the source is only a part', async () => {
    const { reasons } = await promise([fakeVolume()]);
    expect(reasons).toEqual([
      'Programs inside recover as after a power cut.',
      'Everybody who writes anywhere on /home waits while it is made, not only to this folder.',
    ]);
  });
});

describe('an LVM snapshot is refused, in words,', () => {
  const cases: readonly [
    string,
    Promise<{ available: boolean; reasons: string[]; remedies: string[] }>,
    string,
    string?,
  ][] = [
    [
      'on a plain disk',
      promise([], { mappedDevice: () => undefined }, factsOfNothing('ext4', { device: '/dev/sda2' })),
      '/dev/sda2 is no logical volume.',
    ],
    [
      'below encryption',
      promise([], { mappedDevice: () => ({ name: 'home_crypt', uuid: 'CRYPT-LUKS2-1234-home_crypt' }) }),
      '/dev/mapper/vg-home is encrypted above its volume; LVM’s copy would not be readable without the key.',
    ],
    [
      'on what another program has mapped',
      promise([], { mappedDevice: () => ({ name: 'x', uuid: 'mpath-1' }) }),
      '/dev/mapper/vg-home is mapped by something other than LVM.',
    ],
    [
      'of a btrfs',
      promise([fakeVolume()], {}, factsOfNothing('btrfs')),
      'A btrfs cannot be mounted beside a copy of itself; its own snapshots do the same.',
    ],
    [
      'of a filesystem that nobody has tried',
      promise([fakeVolume()], {}, factsOfNothing('f2fs')),
      'It is not known whether LVM holds f2fs still while it takes a snapshot.',
    ],
    [
      'without the tools',
      promise([fakeVolume()], { lvm: { isInstalled: () => false, run: () => Promise.reject(new Error('not asked')) } }),
      'The tools of LVM (lvm2) are not installed.',
    ],
    [
      'without device mapper',
      promise([fakeVolume()], { hasDeviceMapper: () => false }),
      'The kernel’s device mapper cannot be reached from here (/dev/mapper/control is missing).',
    ],
    ['for a volume that LVM does not list', promise([]), 'LVM does not know the volume vg-home.'],
    [
      'when LVM says nothing that can be understood',
      promise([fakeVolume({ lv_size: 5 as unknown as string })]),
      'LVM answered in a way that cannot be understood',
    ],
    [
      'of a snapshot',
      promise([fakeVolume({ origin_uuid: 'x' })]),
      'vg/home is a snapshot itself, and LVM takes none of those.',
    ],
    [
      'of a volume of another kind',
      promise([fakeVolume({ segtype: 'vdo' })]),
      'LVM takes no snapshot of a volume of the kind vdo (vg/home).',
    ],
    [
      'without room in the group',
      promise([fakeVolume({ vg_free: String(100 * mibibyte) })]),
      'The volume group vg has 100 MiB free; at least 512 MiB are needed to keep what is overwritten meanwhile.',
      'free-space',
    ],
    [
      'when its thin pool is nearly full',
      promise([
        fakeVolume({ segtype: 'thin', pool_lv: 'pool' }),
        fakeVolume({
          lv_name: 'pool',
          lv_uuid: 'p',
          segtype: 'thin-pool',
          data_percent: '41.7',
          metadata_percent: '93.2',
        }),
      ]),
      'The thin pool vg/pool is 93 % full; a snapshot could make it run over.',
      'free-space',
    ],
    [
      'without rights',
      promise([fakeVolume()], {}, factsOfNothing('ext4'), false),
      'Making a snapshot needs administrator rights.',
      'grant-helper',
    ],
  ];
  it.each(cases)('%s', async (_name, asked, words, remedy) => {
    const { available, reasons, remedies } = await asked;
    expect(available).toBe(false);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]?.startsWith(words)).toBe(true);
    expect(remedies).toEqual(remedy === undefined ? [] : [remedy]);
  });
});

describe('what LVM is told', () => {
  const record = { mark, method: 'lvm-snapshot', place: { group: groupUuid, volume: volumeUuid } } as const;
  const take = async (lvm: ReturnType<typeof fakeLvm>) => {
    const driver = lvmDriver(parts([], { lvm: lvm.tool }));
    const place = await driver.plan(factsOfNothing('ext4'), -1, mark);
    return driver.take(factsOfNothing('ext4'), -1, { ...record, place }, () => {});
  };
  const changes = (lvm: ReturnType<typeof fakeLvm>) => lvm.told.filter((line) => !line.startsWith('lvs '));

  it('for a thick volume: a read-only snapshot with our tag and a fifth of its size, and its end', async () => {
    await using lvm = fakeLvm([fakeVolume()]);
    const copy = await take(lvm);
    expect(copy.detail).toMatchObject({ volume: 'vg/home', thin: false });
    expect(await lvmDriver(parts([], { lvm: lvm.tool })).remove(record)).toBe('removed');
    expect(changes(lvm)).toEqual([
      `lvcreate --yes --snapshot --permission r --addtag stillpoint --name ${mark} --size 2147483648b vg/home`,
      `lvremove --yes vg/${mark}`,
    ]);
  });

  it('for a thin volume: no size, and no flag that would keep it from being used', async () => {
    await using lvm = fakeLvm([fakeVolume({ segtype: 'thin', pool_lv: 'pool' })]);
    await take(lvm);
    expect(changes(lvm)).toEqual([
      `lvcreate --yes --snapshot --permission r --addtag stillpoint --name ${mark} --setactivationskip n vg/home`,
    ]);
  });

  it('nothing more when it refuses; its own words are passed on', async () => {
    await using lvm = fakeLvm([fakeVolume()]);
    lvm.failNext('lvcreate', 'Volume group "vg" has insufficient free space (1 extents): 512 required.');
    await expect(take(lvm)).rejects.toMatchObject({
      kind: 'freeze-refused',
      message: 'LVM made no snapshot: Volume group "vg" has insufficient free space (1 extents): 512 required.',
    });
  });

  it('a copy that does not mount without mending is not taken for one of a filesystem at rest', async () => {
    await using lvm = fakeLvm([fakeVolume()]);
    const copy = await take(lvm);
    await expect(copy.openRoot()).rejects.toMatchObject({
      kind: 'freeze-refused',
      message: expect.stringContaining('it may not have been made of a filesystem at rest'),
    });
  });

  it.each([
    ['became invalid', { lv_snapshot_invalid: '1' }, 'the space for the snapshot ran out'],
    ['is full', { data_percent: '100.00' }, 'the space for the snapshot ran out'],
  ])('a snapshot that %s is an error', async (_name, change, words) => {
    await using lvm = fakeLvm([fakeVolume()]);
    const copy = await take(lvm);
    await copy.check();
    Object.assign(lvm.volumes[1] ?? {}, change);
    await expect(copy.check()).rejects.toMatchObject({
      kind: 'freeze-ended-early',
      retryable: true,
      message: expect.stringContaining(words),
    });
  });

  it('a snapshot that is gone is an error', async () => {
    await using lvm = fakeLvm([fakeVolume()]);
    const copy = await take(lvm);
    lvm.volumes.pop();
    await expect(copy.check()).rejects.toMatchObject({ kind: 'freeze-ended-early' });
  });

  it.each([
    ['without our tag', { lv_tags: 'other' }],
    ['of another volume', { origin_uuid: 'another' }],
    ['in another group', { vg_uuid: 'another' }],
    ['with another name', { lv_name: 'stillpoint-20260131235958-ffffffffffffffff' }],
    ['that is another one of that name', { lv_uuid: 'another' }],
  ])('a volume %s is not removed', async (_name, change) => {
    await using lvm = fakeLvm([fakeVolume()]);
    const noted = { ...record, place: { ...record.place, uuid: `uuid-of-${mark}` } };
    await take(lvm);
    const snapshot = lvm.volumes[1] ?? {};
    const before = { ...snapshot };
    Object.assign(snapshot, change);
    expect(await lvmDriver(parts([], { lvm: lvm.tool })).remove(noted)).toBe('gone');
    Object.assign(snapshot, before);
    expect(await lvmDriver(parts([], { lvm: lvm.tool })).remove(noted)).toBe('removed');
  });

  it('a volume that a crash has left suspended is resumed', async () => {
    await using lvm = fakeLvm([fakeVolume({ lv_suspended: '1' })]);
    expect(await lvmDriver(parts([], { lvm: lvm.tool })).remove(record)).toBe('gone');
    expect(changes(lvm)).toEqual(['lvchange --refresh vg/home']);
  });

  it('a volume that somebody else has suspended is not: our snapshot was finished', async () => {
    await using lvm = fakeLvm([fakeVolume({ lv_suspended: '1' })]);
    await lvmDriver(parts([], { lvm: lvm.tool })).remove({ ...record, place: { ...record.place, uuid: 'x' } });
    expect(changes(lvm)).toEqual([]);
  });

  it('nothing is removed while its group is not there', async () => {
    await using lvm = fakeLvm([fakeVolume({ vg_uuid: 'another' })]);
    expect(await lvmDriver(parts([], { lvm: lvm.tool })).remove(record)).toBe('absent');
    expect(changes(lvm)).toEqual([]);
  });
});

describe('space for a thick snapshot', () => {
  const extentBytes = 4 * mibibyte;
  it.each([
    ['a fifth of a large volume', 100 * 1024, 1000 * 1024, 20 * 1024, 5 * 1024],
    ['half a gibibyte of a middling one', 2048, 1000 * 1024, 512, 104],
    ['no more than all of a small one', 100, 1000 * 1024, 108, 64],
    ['what is free, where that is less', 100 * 1024, 10 * 1024, 10 * 1024, 5 * 1024],
    ['never less than what is needed at least', 100 * 1024, 10, 5 * 1024, 5 * 1024],
  ])('is %s', (_name, size, free, wanted, least) => {
    const space = copySpace({ bytes: size * mibibyte, groupFreeBytes: free * mibibyte, extentBytes });
    expect(space).toEqual({ wanted: wanted * mibibyte, least: least * mibibyte });
  });
});
