import { describe, expect, it } from 'vitest';
import type { MadeCheck } from '../../../../shared/domain/care.ts';
import { runIdSchema } from '../../../../shared/domain/ids.ts';
import { coverageOf } from './coverage.ts';
import { nextCheckAt } from './next-check.ts';

const day = 86_400_000;
const runId = runIdSchema.parse('1'.repeat(32));

function share(at: number, part: number, of: number, bytes: number, allBytes = 1000): MadeCheck {
  const checked = { what: 'share' as const, part, of, snapshots: 3, bytes, allBytes };
  return { runId, at, outcome: 'clean', checked, planned: true };
}
function all(at: number, bytes = 1000): MadeCheck {
  const checked = { what: 'all' as const, part: null, of: null, snapshots: 3, bytes, allBytes: bytes };
  return { runId, at, outcome: 'clean', checked, planned: false };
}

describe('how much was verified', () => {
  it('is not known before any data was read', () => {
    const structure = { what: 'structure' as const, part: null, of: null, snapshots: 3, bytes: 0, allBytes: null };
    expect(coverageOf([])).toBeNull();
    expect(coverageOf([{ runId, at: 5, outcome: 'clean', checked: structure, planned: false }])).toBeNull();
  });

  it('adds up the parts of one cutting, each by its newest reading', () => {
    const checks = [share(1 * day, 1, 4, 240), share(2 * day, 2, 4, 250), share(5 * day, 1, 4, 260)];
    expect(coverageOf(checks)).toEqual({ share: 0.51, since: 2 * day });
  });

  it('does not add parts of another cutting', () => {
    expect(coverageOf([share(day, 1, 2, 500), share(2 * day, 1, 10, 100)])).toEqual({ share: 0.1, since: 2 * day });
  });

  it('takes a reading of everything for each part, and what was added since for not read', () => {
    expect(coverageOf([all(day)])).toEqual({ share: 1, since: day });
    expect(coverageOf([all(day, 1000), share(3 * day, 1, 10, 200, 2000)])).toEqual({ share: 0.55, since: day });
  });

  it('counts nothing of a check that found damage or did not end', () => {
    const damaged: MadeCheck = { ...share(day, 1, 4, 250), outcome: 'damaged' };
    expect(coverageOf([damaged, { ...share(day, 2, 4, 250), outcome: 'not-done', checked: null }])).toBeNull();
  });

  it('is everything where there is nothing', () => {
    expect(coverageOf([all(day, 0)])).toEqual({ share: 1, since: day });
  });
});

describe('the next check', () => {
  const week = { every: 'week', of: 4 } as const;

  it('is due at once with a new plan, and so long after the last one that read as much', () => {
    expect(nextCheckAt(week, 100, [])).toBe(100);
    expect(nextCheckAt(week, 100, [share(day, 1, 4, 1)])).toBe(8 * day);
    expect(nextCheckAt(week, 100, [share(day, 1, 5, 1)])).toBe(100);
    expect(nextCheckAt(week, 100, [all(2 * day)])).toBe(9 * day);
  });

  it('is tried again an hour after one that could not be done', () => {
    const failed: MadeCheck = { runId, at: 9 * day, outcome: 'not-done', checked: null, planned: true };
    expect(nextCheckAt(week, 100, [share(day, 1, 4, 1), failed])).toBe(9 * day + 3_600_000);
    expect(nextCheckAt(week, 100, [share(day, 1, 4, 1), { ...failed, planned: false }])).toBe(8 * day);
  });

  it('is the last day of a shorter month', () => {
    const january = new Date(2026, 0, 31, 12).getTime();
    const next = nextCheckAt({ every: 'month', of: 1 }, 0, [all(january)]);
    expect(new Date(next).getMonth()).toBe(1);
    expect(new Date(next).getDate()).toBe(28);
  });
});
