import { expect, it } from 'vitest';
import { pauseEnd } from './pause-times.ts';

it('ends in the morning that comes next, by the clock on the wall', () => {
  const evening = new Date(2026, 2, 28, 22, 15).getTime();
  expect(new Date(pauseEnd('tomorrow', evening) as number)).toEqual(new Date(2026, 2, 29, 6));
  const night = new Date(2026, 2, 29, 1, 15).getTime();
  expect(new Date(pauseEnd('tomorrow', night) as number)).toEqual(new Date(2026, 2, 29, 6));
});

it('lasts as long as it says', () => {
  expect(pauseEnd('hour', 1000)).toBe(3_601_000);
  expect(pauseEnd('three-hours', 0)).toBe(10_800_000);
  expect(pauseEnd('forever', 0)).toBe('forever');
});
