import { expect, it } from 'vitest';
import { draftOf, limitNow, readDrafts, weekOf } from './limit-plan.ts';

const KiB = 1024;
const workdays = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '18:30' } as const;
const limits = [
  { direction: 'upload' as const, bytesPerSecond: 500 * KiB, window: { ...workdays, days: [...workdays.days] } },
  { direction: 'download' as const, bytesPerSecond: 4 * KiB * KiB },
];
/** A Friday. */
const friday = (hours: number, minutes = 0): number => Date.UTC(2026, 10, 20, hours, minutes);

it('says what holds now and until when', () => {
  expect(limitNow(limits, 'upload', friday(9, 41), 'UTC')).toEqual({ rate: 500 * KiB, until: friday(18, 30) });
  expect(limitNow(limits, 'upload', friday(20), 'UTC')).toEqual({ rate: null, until: friday(8) + 3 * 86_400_000 });
  expect(limitNow(limits, 'download', friday(20), 'UTC')).toEqual({ rate: 4 * KiB * KiB, until: null });
  expect(limitNow([], 'upload', friday(20), 'UTC')).toEqual({ rate: null, until: null });
});

it('lays a week out by hours', () => {
  const week = weekOf(limits, 'upload');
  expect(week).toHaveLength(7);
  expect(week[0]?.filter((rate) => rate !== null)).toHaveLength(10);
  expect(week[6]?.every((rate) => rate === null)).toBe(true);
});

it('reads what is typed as it was, and names the field that is wrong', () => {
  const drafts = limits.map(draftOf);
  expect(readDrafts(drafts).limits).toEqual(limits);
  const [first, second] = drafts;
  if (first === undefined || second === undefined) throw new Error('two drafts');
  expect(readDrafts([{ ...first, amount: 4 }, second])).toMatchObject({
    limits: null,
    errors: [{ amount: expect.stringContaining('8 KiB/s') }, {}],
  });
  expect(readDrafts([{ ...first, amount: null }]).errors[0]?.amount).toBeTruthy();
  expect(readDrafts([{ ...first, window: { ...workdays, days: [] } }]).errors[0]?.days).toBeTruthy();
});
