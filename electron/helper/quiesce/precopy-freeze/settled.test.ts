import { describe, expect, it } from 'vitest';
import type { EntryMeta } from '../contract.ts';
import type { PictureContent } from '../picture/contract.ts';
import { isSettled, type WriterSight, worseSight } from './settled.ts';

const second = 1_000_000_000n;
const tickNs = 10_000_000n;
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

const judge = (sight: WriterSight, ctimeMs: number, content: PictureContent, baseMs: number | null = null) =>
  isSettled(sight, {
    meta: { ctimeNs: at(ctimeMs) },
    content,
    base: baseMs === null ? null : { flushedNs: at(baseMs) },
    tickNs,
  });

describe('content read before, of a file that somebody has open for writing', () => {
  it('is settled when its ctime is that of the reading and older than the flush before it', () => {
    expect(judge('mapped', 0, taken(0, 200, 100))).toBe(true);
  });

  it('is not when the ctime moved', () => {
    expect(judge('mapped', 300, taken(0, 200, 100))).toBe(false);
  });

  it('is not when a page may have been dirty before the flush and stored into after it', () => {
    expect(judge('mapped', 150, taken(150, 200, 100))).toBe(false);
    expect(judge('mapped', 0, taken(0, 200, null))).toBe(false);
  });

  it('is not when a change within the same tick of the clock would bear the same ctime', () => {
    expect(judge('mapped', 95, taken(95, 200, 100))).toBe(false);
  });

  it('is not when the filesystem keeps whole seconds only', () => {
    const whole = 1_763_604_003n * second;
    const content: PictureContent = { ...taken(0, 900, 800), meta: metaAt(whole) } as PictureContent;
    expect(isSettled('mapped', { meta: { ctimeNs: whole }, content, base: null, tickNs })).toBe(false);
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
    expect(worseSight(undefined, 'mapped')).toBe('mapped');
    expect(worseSight('mapped', 'later')).toBe('later');
  });

  it('needs nothing of what was read while frozen, and everything of what was not read', () => {
    expect(judge('mapped', 500, { state: 'inside', read: null, meta: metaAt(at(0)) })).toBe(true);
    expect(judge('mapped', 0, { state: 'wanted' })).toBe(false);
  });
});
