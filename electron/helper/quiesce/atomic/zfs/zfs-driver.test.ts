import { describe, expect, it } from 'vitest';
import type { FilesystemFacts } from '../../../sources/index.ts';
import { createAtomicMethod } from '../atomic-method.ts';
import { factsOfNothing } from '../testing/facts-of-nothing.ts';
import { type FakeZfs, fakeZfs } from '../testing/fake-zfs.ts';
import { type ZfsParts, zfsDriver } from './zfs-driver.ts';

const mark = 'stillpoint-20260131235958-0123456789abcdef';
const dataset = 'tank/home';
const facts = factsOfNothing('zfs', { device: dataset, mount: { source: dataset } });
const name = `${dataset}@${mark}`;

function driver(zfs: FakeZfs, overrides: Partial<ZfsParts> = {}) {
  return zfsDriver({ zfs: zfs.tool, mounts: () => [facts.mount], ...overrides });
}

function promise(asked: FilesystemFacts = facts, overrides: Partial<ZfsParts> = {}, isPermitted = true) {
  const steps = { flush: async () => {}, isPermitted: () => isPermitted };
  const method = createAtomicMethod(driver(fakeZfs(dataset), overrides), { recordsFolder: '/nowhere' }, steps);
  return method.preflight(asked, { longestStallMs: 250 });
}

describe('a ZFS snapshot', () => {
  it('is promised for a dataset, and as no more than a power cut would leave: nobody has shown more', async () => {
    expect(await promise()).toMatchObject({ available: true, level: 'crash', remedies: [] });
  });

  const refusals: readonly [string, ReturnType<typeof promise>, string][] = [
    ['of another filesystem', promise(factsOfNothing('ext4')), 'ext4 is no ZFS, and has no snapshots of this kind.'],
    [
      'without the tools',
      promise(facts, { zfs: { isInstalled: () => false, run: () => Promise.reject(new Error('not asked')) } }),
      'The tools of ZFS (zfsutils) are not installed.',
    ],
    [
      'of a snapshot',
      promise(factsOfNothing('zfs', { mount: { source: 'tank/home@monday' } })),
      'tank/home@monday is a snapshot already.',
    ],
    [
      'where only a part is mounted',
      promise(facts, { mounts: () => [{ ...facts.mount, root: '/someone' }] }),
      'Only a part of tank/home is mounted here; its snapshots are shown in its topmost folder.',
    ],
    ['without rights', promise(facts, {}, false), 'Making a snapshot needs administrator rights.'],
  ];
  it.each(refusals)('is refused, in words, %s', async (_name, asked, words) => {
    expect(await asked).toMatchObject({ available: false, reasons: [words] });
  });
});

describe('what ZFS is told', () => {
  const record = { mark, method: 'zfs-snapshot', place: { dataset } } as const;
  const noted = { ...record, place: { dataset, guid: '1001' } };
  const changes = (zfs: FakeZfs) => zfs.told.filter((line) => !line.startsWith('list '));

  it('a snapshot with our mark, and its end by its full name', async () => {
    const zfs = fakeZfs(dataset);
    const notes: object[] = [];
    const copy = await driver(zfs).take(facts, -1, record, (more) => notes.push(more));
    await copy.check();
    expect(notes).toEqual([{ guid: '1001' }]);
    expect(copy.detail).toEqual({ dataset, snapshotGuid: '1001' });
    expect(await driver(zfs).remove(noted)).toBe('removed');
    expect(changes(zfs)).toEqual([`snapshot -o net.stillpoint:mark=${mark} ${name}`, `destroy ${name}`]);
  });

  it('its own words are passed on when it refuses', async () => {
    const zfs = fakeZfs(dataset);
    zfs.failNext('snapshot', "cannot create snapshot 'tank/home@x': out of space");
    await expect(driver(zfs).take(facts, -1, record, () => {})).rejects.toMatchObject({
      kind: 'freeze-refused',
      message: "ZFS made no snapshot: cannot create snapshot 'tank/home@x': out of space",
    });
  });

  it('a snapshot that is gone, or another by its name, is an error', async () => {
    const zfs = fakeZfs(dataset);
    const copy = await driver(zfs).take(facts, -1, record, () => {});
    zfs.snapshots.set(name, { guid: '7', mark });
    await expect(copy.check()).rejects.toMatchObject({ kind: 'freeze-ended-early', retryable: true });
    zfs.snapshots.clear();
    await expect(copy.check()).rejects.toMatchObject({ kind: 'freeze-ended-early' });
  });

  it.each([
    ['without our mark', { guid: '1001', mark: '' }],
    ['with another mark', { guid: '1001', mark: 'stillpoint-20260131235958-ffffffffffffffff' }],
    ['that is another one of that name', { guid: '7', mark }],
  ])('a snapshot %s is not removed', async (_name, found) => {
    const zfs = fakeZfs(dataset);
    zfs.snapshots.set(name, found);
    expect(await driver(zfs).remove(noted)).toBe('gone');
    expect(changes(zfs)).toEqual([]);
    expect(zfs.snapshots.size).toBe(1);
  });

  it('nothing is removed while its pool is not there', async () => {
    const zfs = fakeZfs('other/dataset');
    expect(await driver(zfs).remove(noted)).toBe('absent');
    expect(changes(zfs)).toEqual([]);
  });
});
