import { describe, expect, it } from 'vitest';
import type { EntryMeta } from '../contract.ts';
import type { PictureContent } from '../picture/contract.ts';
import { droppedNs, isSettled, type WriterSight, worseSight } from './settled.ts';

const second = 1_000_000_000n;
const at = (ms: number): bigint => 1_763_604_003n * second + 1n + BigInt(ms) * 1_000_000n;

const metaAt = (ctimeNs: bigint): EntryMeta => ({
  ...{ type: 'file', mode: 0o100644, uid: 0, gid: 0, size: 1n, mtimeNs: ctimeNs, ctimeNs, atimeNs: ctimeNs },
  ...{ inode: 12n, deviceId: 1n, links: 1n, rdev: 0n, linkTarget: null, xattrs: [] },
});

const taken = (ctimeMs: number, readFromMs: number, flushedMs: number | null): PictureContent => ({
  state: 'taken',
  content: { length: 1 },
  meta: metaAt(at(ctimeMs)),
  readFromNs: at(readFromMs),
  flushedNs: flushedMs === null ? null : at(flushedMs),
});

const judge = (
  sight: WriterSight,
  ctimeMs: number,
  content: PictureContent,
  baseMs: number | null = null,
  isReadAfterLook = true,
) =>
  isSettled(sight, {
    isReadAfterLook,
    meta: { ctimeNs: at(ctimeMs) },
    content,
    base: baseMs === null ? null : { flushedNs: at(baseMs) },
  });

describe('content read before, of a file that somebody has open for writing', () => {
  it('is settled when its ctime is that of the reading and older than the flush before it', () => {
    expect(judge('open', 0, taken(0, 200, 100))).toBe(true);
    expect(judge('mapped', 0, taken(0, 1200, 1100))).toBe(true);
  });

  it('is not where a store that moved the ctime before the flush may have made its page dirty after it', () => {
    expect(judge('mapped', 0, taken(0, 1000, 990))).toBe(false);
    expect(judge('mapped', 0, taken(0, 1000, 1000))).toBe(false);
    // Mapped by whoever has only a descriptor left, when it was read.
    expect(judge('open', 0, taken(0, 1000, 990), null, false)).toBe(false);
    expect(judge('open', 0, taken(0, 1200, 1100), null, false)).toBe(true);
  });

  it('is not when the ctime moved', () => {
    expect(judge('open', 300, taken(0, 200, 100))).toBe(false);
  });

  it('is not when a page may have been dirty before the flush and stored into after it', () => {
    expect(judge('open', 150, taken(150, 200, 100))).toBe(false);
    expect(judge('mapped', 0, taken(0, 200, null))).toBe(false);
  });

  it('is when it is older than the flush by less than a tick: both are told by the same clock', () => {
    expect(judge('open', 95, taken(95, 200, 100))).toBe(true);
  });

  it('is not when it bears the very instant at which the flush began, or one in doubt', () => {
    expect(judge('open', 100, taken(100, 200, 100))).toBe(false);
    expect(judge('open', 99, taken(99, 200, 100))).toBe(false);
  });

  it('is not when its filesystem may have dropped what makes it younger than the flush', () => {
    // Hundredths of a second, as exFAT keeps them: the true one may be 9 ms later.
    const coarse = 1_763_604_003n * second + 90_000_000n;
    const content: PictureContent = { ...taken(0, 200, 95), meta: metaAt(coarse) } as PictureContent;
    expect(isSettled('open', { meta: { ctimeNs: coarse }, content, base: null, isReadAfterLook: true })).toBe(false);
    const later: PictureContent = { ...taken(0, 200, 101), meta: metaAt(coarse) } as PictureContent;
    expect(isSettled('open', { meta: { ctimeNs: coarse }, content: later, base: null, isReadAfterLook: true })).toBe(
      true,
    );
  });

  it('is not when the filesystem keeps whole seconds only', () => {
    const whole = 1_763_604_003n * second;
    const content: PictureContent = { ...taken(0, 900, 800), meta: metaAt(whole) } as PictureContent;
    expect(isSettled('open', { meta: { ctimeNs: whole }, content, base: null, isReadAfterLook: true })).toBe(false);
  });

  it('counts from the flush of the version before where nothing was read', () => {
    expect(judge('mapped', 0, { state: 'same' }, 100)).toBe(true);
    expect(judge('mapped', 150, { state: 'same' }, 100)).toBe(false);
    expect(judge('mapped', 0, { state: 'same' }, null)).toBe(false);
  });

  it('is not where a write that moved the ctime may have ended after the reading', () => {
    const minutes = 60_000;
    expect(judge('later', 0, taken(0, 4 * minutes, 4 * minutes))).toBe(false);
    expect(judge('later', 0, taken(0, 6 * minutes, 6 * minutes))).toBe(true);
    expect(judge('later', 0, { state: 'same' }, 4 * minutes)).toBe(false);
    expect(judge('later', 0, { state: 'same' }, 6 * minutes)).toBe(true);
  });

  it('judges who may do several things by the worst', () => {
    expect(worseSight(undefined, 'open')).toBe('open');
    expect(worseSight('mapped', 'open')).toBe('mapped');
    expect(worseSight('mapped', 'later')).toBe('later');
  });

  it('needs nothing of what was read while frozen, and everything of what was not read', () => {
    expect(judge('mapped', 500, { state: 'inside', read: null, meta: metaAt(at(0)) })).toBe(true);
    expect(judge('mapped', 0, { state: 'wanted' })).toBe(false);
  });
});

describe('what a filesystem drops of a ctime', () => {
  const ctimeNs = 1_763_604_003_987_654_321n;
  const leastNs = 1_000_000n;
  it.each([
    ['ext4, xfs, btrfs, f2fs', 1n],
    ['NTFS', 100n],
    ['UDF', 1000n],
    ['one that keeps milliseconds', 1_000_000n],
    ['exFAT', 10_000_000n],
    ['ext4 with small inodes', second],
    ['FAT', 2n * second],
  ])('is never taken for less than it is on %s', (_where, keptNs) => {
    for (let turn = 0n; turn < 200n; turn += 1n) {
      const trueNs = ctimeNs + turn * 7_654_321n;
      const shownNs = trueNs - (trueNs % keptNs);
      expect(shownNs + droppedNs(shownNs)).toBeGreaterThan(trueNs);
    }
  });

  it('is little where nothing is dropped', () => {
    expect(droppedNs(ctimeNs)).toBe(leastNs);
    expect(droppedNs(1_763_604_003n * second + 1n)).toBe(leastNs);
  });
});
