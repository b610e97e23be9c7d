import { expect, it } from 'vitest';
import { restartDelay } from './restart-policy.ts';

const limits = { maxCrashes: 3, windowMs: 60_000, firstDelayMs: 100, longestDelayMs: 350 };

it('waits longer each time, up to a limit, and then gives up', () => {
  const crashes = [1_000, 2_000, 3_000, 4_000];
  expect(crashes.map((_, index) => restartDelay(crashes.slice(0, index + 1), limits))).toEqual([
    100,
    200,
    350,
    undefined,
  ]);
});

it('forgets crashes that are long past', () => {
  expect(restartDelay([0, 1, 2, 3, 60_004], limits)).toBe(100);
});

it('starts at once when nothing has crashed', () => {
  expect(restartDelay([], limits)).toBe(0);
});
