import { expect, it } from 'vitest';
import { type FreezeTrial, isTrialWanted, longestStallOf, type TrialState } from './freeze-trial.ts';

const trial: FreezeTrial = {
  ...{ outcome: 'passed', reason: '', at: '2025-01-01T00:00:00.000000000Z' as FreezeTrial['at'], kernel: '6.1.0' },
  ...{ filesystem: 'f', mountPoint: '/', leaseMs: 250, stallsMs: [12.5, 3], longestProbeMs: null },
};

it('is what anybody was seen to wait at most', () => {
  expect(longestStallOf(trial)).toBe(12.5);
  expect(longestStallOf({ ...trial, longestProbeMs: 14 })).toBe(14);
  expect(longestStallOf({ ...trial, outcome: 'skipped', stallsMs: [] })).toBeNull();
});

it('is wanted where nobody answered yet, and after a kernel change; a no is an answer', () => {
  const state: TrialState = {
    ...{ concerns: true, isNeeded: true, mayStallMs: 250, obstacles: ['a'], last: null },
    ...{ kernel: '6.1.0', mountPoint: '/' },
  };
  expect(isTrialWanted(state)).toBe(true);
  expect(isTrialWanted({ ...state, last: { ...trial, outcome: 'skipped' } })).toBe(false);
  expect(isTrialWanted({ ...state, last: { ...trial, outcome: 'skipped', kernel: '6.0.0' } })).toBe(true);
  expect(isTrialWanted({ ...state, last: { ...trial, kernel: '6.0.0' } })).toBe(true);
  expect(isTrialWanted({ ...state, isNeeded: false, last: trial })).toBe(false);
});
