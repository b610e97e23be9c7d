import { describe, expect, it } from 'vitest';
import type { Found } from '../plan/plan-item.ts';
import { isSameVersion } from './found.ts';

const seen: Found = {
  type: 'file',
  mode: 0o644,
  ...{ uid: 0, gid: 0, size: 3n, mtimeNs: 7n, ctimeNs: 9n, deviceId: 1n, inode: 2n, links: 1n, rdev: 0n },
};

describe('the version that was seen', () => {
  it('is still there when nothing that a writer moves has moved', () => {
    expect(isSameVersion(seen, { ...seen })).toBe(true);
  });

  it.each<[string, Partial<Found>]>([
    ['inode', { inode: 3n }],
    ['device', { deviceId: 3n }],
    ['type', { type: 'symlink' }],
    ['size', { size: 4n }],
    ['mtime', { mtimeNs: 8n }],
    ['ctime', { ctimeNs: 10n }],
  ])('is gone with another %s', (_what, change) => {
    expect(isSameVersion(seen, { ...seen, ...change })).toBe(false);
  });

  it('survives the taking away of a sibling, which moves the ctime', () => {
    expect(isSameVersion({ ...seen, links: 2n }, { ...seen, links: 1n, ctimeNs: 10n })).toBe(true);
    expect(isSameVersion({ ...seen, links: 2n }, { ...seen, links: 1n, ctimeNs: 10n, mtimeNs: 8n })).toBe(false);
  });

  it('of a folder is the folder itself: what is in it counts by itself', () => {
    const folder: Found = { ...seen, type: 'dir' };
    expect(isSameVersion(folder, { ...folder, mtimeNs: 8n, ctimeNs: 10n, size: 9n })).toBe(true);
    expect(isSameVersion(folder, { ...folder, inode: 3n })).toBe(false);
  });
});
