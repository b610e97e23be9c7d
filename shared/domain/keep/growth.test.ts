import { describe, expect, it } from 'vitest';
import { type GrowthFacts, projectGrowth } from './growth.ts';

const day = 86_400_000;
const now = 1_000 * day;
const gb = 1e9;
const daily = (days: number, bytes: number): GrowthFacts['additions'] =>
  Array.from({ length: days }, (_, n) => ({ at: now - (days - n) * day + day / 2, bytes }));
const first = { at: now - 29 * day, bytes: 500 * gb };

describe('growth', () => {
  it('is what runs add, without the first backup of each source', () => {
    const { bytesPerDay, fullAt } = projectGrowth({ now, freeBytes: 60 * gb, additions: [first, ...daily(29, gb)] });
    expect(bytesPerDay).toBeCloseTo(gb, -7);
    expect(Math.round(((fullAt ?? 0) - now) / day)).toBe(60);
    const second = { at: now - 3 * day, bytes: 300 * gb, source: 'photos' };
    const both = projectGrowth({ now, freeBytes: 60 * gb, additions: [first, ...daily(29, gb), second] });
    expect(both.bytesPerDay).toBe(bytesPerDay);
  });

  it('is not known in the first two days, and not without anything', () => {
    expect(projectGrowth({ now, freeBytes: gb, additions: daily(1, gb) })).toEqual({ bytesPerDay: null, fullAt: null });
    expect(projectGrowth({ now, freeBytes: gb, additions: [] })).toEqual({ bytesPerDay: null, fullAt: null });
  });

  it('counts the days on which nothing ran', () => {
    const some = [first, { at: now - 20 * day, bytes: 29 * gb }, { at: now - 2 * day, bytes: 29 * gb }];
    expect(projectGrowth({ now, freeBytes: null, additions: some }).bytesPerDay).toBeCloseTo(2 * gb, -7);
  });

  it('is not carried away by one day on which much was copied in', () => {
    const import_ = { at: now - 10 * day, bytes: 200 * gb };
    const { bytesPerDay } = projectGrowth({ now, freeBytes: 0, additions: [first, ...daily(29, gb), import_] });
    expect(bytesPerDay).toBeCloseTo(gb, -7);
  });

  it('looks at the last 30 days only', () => {
    const old = Array.from({ length: 300 }, (_, n) => ({ at: now - (400 - n) * day, bytes: 50 * gb }));
    expect(projectGrowth({ now, freeBytes: gb, additions: old })).toEqual({ bytesPerDay: 0, fullAt: null });
  });

  it('has no date where the free space is not known, or lasts for centuries', () => {
    expect(projectGrowth({ now, freeBytes: null, additions: [first, ...daily(29, gb)] }).fullAt).toBeNull();
    expect(projectGrowth({ now, freeBytes: 1e18, additions: [first, ...daily(29, 1000)] }).fullAt).toBeNull();
  });

  it('says now where nothing is free any more', () => {
    expect(projectGrowth({ now, freeBytes: 0, additions: [first, ...daily(29, gb)] }).fullAt).toBe(now);
  });
});
