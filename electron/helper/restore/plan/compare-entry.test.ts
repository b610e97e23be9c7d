import { describe, expect, it } from 'vitest';
import { goModeOfStat, type TreeNode } from '../../repository/index.ts';
import { type CompareRules, compareEntry } from './compare-entry.ts';
import type { Found } from './plan-item.ts';

const rules: CompareRules = { ownersCount: true, everyTimeCounts: false };

const node: TreeNode = {
  name: Buffer.from('n'),
  type: 'file',
  mode: goModeOfStat(0o100640),
  ...{
    mtimeNs: 7n,
    atimeNs: 7n,
    ctimeNs: 9n,
    uid: 1,
    gid: 2,
    inode: 5n,
    deviceId: 6n,
    size: 3n,
    links: 1n,
    device: 0n,
  },
};
const now: Found = {
  type: 'file',
  mode: 0o640,
  ...{ uid: 1, gid: 2, size: 3n, mtimeNs: 7n, ctimeNs: 99n, deviceId: 1n, inode: 2n, links: 1n, rdev: 0n },
};

function compare(
  nodeChanges: Partial<TreeNode>,
  nowChanges: Partial<Found>,
  more: { sameAttributes?: boolean; link?: string; rules?: CompareRules } = {},
) {
  return compareEntry(
    {
      node: { ...node, ...nodeChanges },
      now: { ...now, ...nowChanges },
      linkTarget: () => Buffer.from(more.link ?? ''),
      hasSameAttributes: () => more.sameAttributes ?? true,
    },
    more.rules ?? rules,
  );
}

describe('what is there compared with what was there', () => {
  it('is the same when content and metadata are, whatever inode and change time it has', () => {
    expect(compare({}, {})).toBe('same');
  });

  it.each<[string, Partial<Found>]>([
    ['size', { size: 4n }],
    ['modification time, by a nanosecond', { mtimeNs: 8n }],
    ['type', { type: 'fifo' }],
  ])('is replaced for another %s', (_what, change) => {
    expect(compare({}, change)).toBe('replace');
  });

  it.each<[string, Partial<Found>]>([
    ['mode', { mode: 0o644 }],
    ['set-id mark', { mode: 0o4640 }],
    ['owner', { uid: 3 }],
    ['group', { gid: 3 }],
  ])('gets its %s back without being written', (_what, change) => {
    expect(compare({}, change)).toBe('metadata');
  });

  it('gets its attributes back without being written', () => {
    expect(compare({}, {}, { sameAttributes: false })).toBe('metadata');
  });

  it('is replaced rather than changed where its inode has further names', () => {
    expect(compare({}, { links: 2n, mode: 0o600 })).toBe('replace');
    expect(compare({}, { links: 2n })).toBe('same');
  });

  it('is not touched for an owner that cannot be set', () => {
    expect(compare({}, { uid: 9, gid: 9 }, { rules: { ...rules, ownersCount: false } })).toBe('same');
  });

  it('counts the times of folders only when it shall be exactly as it was', () => {
    const dir = { type: 'dir', mode: goModeOfStat(0o040640), size: 0n } as const;
    expect(compare(dir, { type: 'dir', mtimeNs: 8n })).toBe('same');
    expect(compare(dir, { type: 'dir', mtimeNs: 8n, links: 5n }, { rules: { ...rules, everyTimeCounts: true } })).toBe(
      'metadata',
    );
  });

  it('knows links by their target and devices by their number', () => {
    const link = { type: 'symlink', mode: goModeOfStat(0o120777), linkTarget: Buffer.from('there') } as const;
    expect(compare(link, { type: 'symlink', mode: 0o777 }, { link: 'there' })).toBe('same');
    expect(compare(link, { type: 'symlink', mode: 0o777 }, { link: 'elsewhere' })).toBe('replace');
    const device = { type: 'chardev', mode: goModeOfStat(0o020640), device: 259n } as const;
    expect(compare(device, { type: 'chardev', rdev: 259n })).toBe('same');
    expect(compare(device, { type: 'chardev', rdev: 260n })).toBe('replace');
  });
});
