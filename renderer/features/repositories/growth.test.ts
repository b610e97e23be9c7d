import { describe, expect, it } from 'vitest';
import { beyondRules, firstChoice, type Offer, shownOffers } from './free-offers.ts';
import { growthOf, roughSpan } from './growth-words.ts';
import { isFilling } from './repository-state.ts';

const day = 86_400_000;
const GiB = 1024 ** 3;
const now = Date.UTC(2026, 10, 20);

describe('growth', () => {
  it('is warned of within thirty days before the end, not before', () => {
    const at = (days: number): ReturnType<typeof growthOf> =>
      growthOf({ growthPerDay: GiB, fullAt: now + days * day }, now);
    expect(at(29.9)).toMatchObject({ soon: true, daysLeft: 29 });
    expect(at(30.1)).toMatchObject({ soon: false, daysLeft: 30 });
    expect(at(-3)).toMatchObject({ soon: true, daysLeft: 0 });
  });

  it('says nothing that is not known', () => {
    expect(growthOf({ growthPerDay: null, fullAt: null }, now).kind).toBe('unknown');
    expect(growthOf({ growthPerDay: 0, fullAt: null }, now).kind).toBe('steady');
    expect(growthOf({ growthPerDay: GiB, fullAt: null }, now)).toMatchObject({ daysLeft: null, soon: false });
  });

  it('forecasts no more exactly than it can', () => {
    expect([9, 59, 61, 150, 800].map(roughSpan)).toEqual([
      { unit: 'day', count: 9 },
      { unit: 'day', count: 59 },
      { unit: 'month', count: 2 },
      { unit: 'month', count: 5 },
      { unit: 'year', count: 2 },
    ]);
  });

  it('is a worry too where there is hardly any room, whatever its rate', () => {
    expect(isFilling({ freeBytes: GiB, totalBytes: 931 * GiB, fullAt: null }, now)).toBe(true);
    expect(isFilling({ freeBytes: 100 * GiB, totalBytes: 931 * GiB, fullAt: null }, now)).toBe(false);
    expect(isFilling({ freeBytes: 100 * GiB, totalBytes: 931 * GiB, fullAt: now + 5 * day }, now)).toBe(true);
    expect(isFilling({ freeBytes: null, totalBytes: null, fullAt: null }, now)).toBe(false);
  });
});

describe('what would free space', () => {
  const id = (letter: string): Offer['snapshotIds'][number] => letter.repeat(64) as Offer['snapshotIds'][number];
  const offer = (kind: Offer['kind'], ids: string, bytes: number): Offer => ({
    kind,
    snapshotIds: [...ids].map(id),
    bytes,
  });

  it('is shown once, and not where it frees nothing', () => {
    const offers = [offer('unused', '', 0), offer('older-than-one-year', 'ab', 5), offer('oldest-half', 'ba', 5)];
    expect(shownOffers({ offers, freeBytes: 0, totalBytes: 1 }).map(({ kind }) => kind)).toEqual([
      'older-than-one-year',
    ]);
  });

  it('is never chosen for somebody beyond what the rules delete anyway', () => {
    expect(firstChoice([offer('older-than-one-year', 'ab', 5), offer('oldest-half', 'a', 2)])).toBeNull();
    expect(firstChoice([offer('oldest-half', 'a', 2), offer('by-rules', 'b', 1)])).toBe('by-rules');
    expect(firstChoice([offer('unused', '', 4)])).toBe('unused');
  });

  it('says exactly how many of what is deleted the rules would keep', () => {
    const half = offer('oldest-half', 'abc', 3);
    const rules = offer('by-rules', 'ad', 1);
    const freeable = (...offers: Offer[]) => ({ offers, freeBytes: null, totalBytes: null });
    expect(beyondRules(half, freeable(rules, half))).toBe(2);
    expect(beyondRules(half, freeable(half))).toBe(3);
    expect(beyondRules(offer('older-than-one-year', 'd', 1), freeable(rules))).toBe(0);
    expect(beyondRules(rules, freeable(half))).toBe(0);
    expect(beyondRules(offer('unused', '', 1), freeable(half))).toBe(0);
  });
});
