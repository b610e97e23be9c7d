import { describe, expect, it } from 'vitest';
import { type LineLimits, limitText, lineLimitsSchema, parseRate, rateAt, rateText } from './line-limits.ts';

const kib = 1024;
const office = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:00' } as const;
const limits: LineLimits = lineLimitsSchema.parse([
  { direction: 'upload', bytesPerSecond: 500 * kib, window: office },
  { direction: 'upload', bytesPerSecond: 2_000 * kib },
  { direction: 'download', bytesPerSecond: 100 * kib, window: { days: ['fri'], from: '22:00', to: '06:00' } },
]);
const at = (text: string): number => Date.parse(text);
const upload = (text: string, zone = 'UTC') => rateAt(limits, 'upload', at(text), zone);
const download = (text: string) => rateAt(limits, 'download', at(text), 'UTC');

describe('limits of a line', () => {
  it('hold in their hours, and the lowest of several counts', () => {
    // 20 November 2026 is a Friday.
    expect(upload('2026-11-20T07:59:59.999Z')).toBe(2_000 * kib);
    expect(upload('2026-11-20T08:00:00Z')).toBe(500 * kib);
    expect(upload('2026-11-20T17:59:59.999Z')).toBe(500 * kib);
    expect(upload('2026-11-20T18:00:00Z')).toBe(2_000 * kib);
    expect(upload('2026-11-21T12:00:00Z')).toBe(2_000 * kib);
  });

  it('go past midnight, and count for their own direction', () => {
    expect(download('2026-11-20T21:59:00Z')).toBeNull();
    expect(download('2026-11-20T23:00:00Z')).toBe(100 * kib);
    expect(download('2026-11-21T05:59:00Z')).toBe(100 * kib);
    expect(download('2026-11-21T06:00:00Z')).toBeNull();
    expect(download('2026-11-21T23:00:00Z')).toBeNull();
  });

  it('go by the wall clock of the zone', () => {
    expect(upload('2026-11-20T07:30:00Z', 'Europe/Berlin')).toBe(500 * kib);
    expect(upload('2026-11-20T17:30:00Z', 'Europe/Berlin')).toBe(2_000 * kib);
  });

  it.each([
    ['500KiB/s', 500 * kib],
    ['2 MiB/s', 2 * kib * kib],
    ['1.5M', 1.5 * kib * kib],
    ['20000 B/s', 20_000],
    ['1gb/s', kib ** 3],
  ])('%s', (text, bytes) => {
    expect(parseRate(text)).toBe(bytes);
    expect(parseRate(rateText(bytes))).toBe(bytes);
  });

  it.each(['', 'fast', '5', '-5KiB', '5TiB/s', '1e3K'])('%j is no speed', (text) => {
    expect(parseRate(text)).toBeUndefined();
  });

  it('are written as they are typed', () => {
    expect(limits.map(limitText)).toEqual([
      'upload 500KiB/s mon,tue,wed,thu,fri 08:00-18:00',
      'upload 2000KiB/s',
      'download 100KiB/s fri 22:00-06:00',
    ]);
  });

  it.each([
    [{ direction: 'both', bytesPerSecond: 10_000 }, 'a limit is one of upload or of download'],
    [{ direction: 'upload', bytesPerSecond: 100 }, 'a limit is at least 8 KiB/s: below that hardly a backup ends'],
    [
      { direction: 'upload', bytesPerSecond: 10_000, window: { days: ['mon'], from: '8', to: '18:00' } },
      'a time of day looks like 09:30',
    ],
    [
      { direction: 'upload', bytesPerSecond: 10_000, window: { days: [], from: '08:00', to: '18:00' } },
      'choose at least one day',
    ],
  ])('%j is refused with what is wrong', (limit, words) => {
    expect(lineLimitsSchema.safeParse([limit]).error?.issues[0]?.message).toBe(words);
  });
});
