import { expect, it } from 'vitest';
import { type FreezeTrial, longestStallOf } from './freeze-trial.ts';

const trial: FreezeTrial = {
  ...{ outcome: 'passed', reason: '', at: '2025-01-01T00:00:00.000000000Z' as FreezeTrial['at'], kernel: '6.1.0' },
  ...{ filesystem: 'f', mountPoint: '/', leaseMs: 250, stallsMs: [12.5, 3], longestProbeMs: null },
};

it('is what anybody was seen to wait at most', () => {
  expect(longestStallOf(trial)).toBe(12.5);
  expect(longestStallOf({ ...trial, longestProbeMs: 14 })).toBe(14);
  expect(longestStallOf({ ...trial, outcome: 'skipped', stallsMs: [] })).toBeNull();
});
