import { describe, expect, it } from 'vitest';
import { parseMountinfo } from '../../system/mountinfo.ts';
import { doubtNs, granularityOf, isWholeSecond, tickNs, wallClockNs } from './granularity.ts';
import { isImmutable, probeSeesEveryWriter, tracesMappedWrites } from './mapped-writes.ts';
import { isReusable } from './reusable.ts';

describe('how finely changes are stamped', () => {
  const tick = 10_000_000n;

  it('is never less than the slowest kernel’s tick', () => {
    expect(tickNs()).toBeGreaterThanOrEqual(tick);
    expect(doubtNs()).toBeGreaterThan(tickNs());
  });

  it('is two seconds where a stamp has none but whole ones', () => {
    expect(granularityOf(1_763_604_003_000_000_001n, tick)).toBe(tick);
    expect(granularityOf(1_763_604_003_000_000_000n, tick)).toBe(2_000_000_000n);
    expect(isWholeSecond(1_763_604_003_000_000_000n)).toBe(true);
  });

  it('reads the wall clock downwards', () => {
    expect(wallClockNs()).toBeLessThanOrEqual(BigInt(Date.now()) * 1_000_000n);
  });
});

describe('which filesystems show every change', () => {
  it.each(['ext4', 'xfs', 'btrfs'])('%s does', (type) => {
    expect(tracesMappedWrites(type)).toBe(true);
  });

  it.each(['tmpfs', 'overlay', 'fuse.sshfs', 'nfs4', 'vfat', 'something-new'])('%s does not', (type) => {
    expect(tracesMappedWrites(type)).toBe(false);
    expect(isReusable(type, { ctimeNs: 1n })).toBe(false);
  });

  it.each([
    ...(['ext4', 'xfs', 'btrfs', 'tmpfs', 'vfat'] as const).map((type) => [type, true] as const),
    ...(['nfs4', 'cifs', 'fuse.sshfs', 'fuseblk', 'overlay'] as const).map((type) => [type, false] as const),
  ])('%s: every writer holds off a lease: %s', (fsType, isSo) => {
    expect(probeSeesEveryWriter({ fsType })).toBe(isSo);
  });

  it('vouches for content by metadata only with a stamp that is fine enough', () => {
    expect(isReusable('ext4', { ctimeNs: 1_763_604_003_000_000_001n })).toBe(true);
    expect(isReusable('ext4', { ctimeNs: 1_763_604_003_000_000_000n })).toBe(false);
  });

  it.each([
    ['a read-only disk', 'rw,relatime - ext4 /dev/sda1 ro', true],
    ['a disk that is read-only at this place only', 'ro,relatime - ext4 /dev/sda1 rw', false],
    ['a compressed image', 'ro - squashfs /dev/loop3 ro', true],
    ['a read-only server', 'ro - nfs4 server:/ ro', false],
    ['a read-only overlay, whose layers may be written', 'ro - overlay overlay ro', false],
  ])('%s', (_what, line, isSo) => {
    const [mount] = parseMountinfo(Buffer.from(`36 35 98:0 / /mnt ${line}\n`));
    expect(mount && isImmutable(mount)).toBe(isSo);
  });
});
