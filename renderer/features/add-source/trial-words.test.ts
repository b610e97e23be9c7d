import { expect, it } from 'vitest';
import type { FreezeTrial, TrialState } from '../../../shared/domain/freeze-trial.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import { resultSaying, trialSaying } from './trial-words.ts';

const state: TrialState = {
  ...{ concerns: true, isNeeded: true, mayStallMs: 250, obstacles: ['It has to be tried once.'], last: null },
  ...{ kernel: '6.12', mountPoint: '/' },
};
const passed: FreezeTrial = {
  ...{ outcome: 'passed', reason: '', at: msToInstant(0), kernel: '6.12', filesystem: 'root', mountPoint: '/' },
  ...{ leaseMs: 250, stallsMs: [12.5, 3, 4], longestProbeMs: 13 },
};
const now = (last: FreezeTrial, changes: Partial<TrialState> = {}): TrialState => ({ ...state, last, ...changes });

it('says nothing of what the system does not run from', () => {
  expect(trialSaying({ ...state, concerns: false, isNeeded: false, obstacles: [] })).toEqual({ kind: 'nothing' });
});

it('asks, and asks again after a kernel change, whatever the answer was before', () => {
  expect(trialSaying(state)).toEqual({ kind: 'ask', mayStallMs: 250 });
  const again = { kind: 'ask-again', mayStallMs: 250, before: '6.11', now: '6.12' };
  expect(trialSaying(now({ ...passed, kernel: '6.11' }))).toEqual(again);
  expect(trialSaying(now({ ...passed, kernel: '6.11', outcome: 'skipped', stallsMs: [] }))).toEqual(again);
});

it('tells what came of it', () => {
  const at = passed.at;
  const good = { kind: 'passed', longestMs: 13, at };
  expect(trialSaying(now(passed, { isNeeded: false, obstacles: [] }))).toEqual(good);
  expect(resultSaying(passed)).toEqual(good);
  expect(trialSaying(now({ ...passed, outcome: 'skipped', stallsMs: [] }))).toEqual({ kind: 'skipped' });
  const reason = 'Writers waited 300 ms, longer than the 250 ms allowed.';
  expect(trialSaying(now({ ...passed, outcome: 'failed', reason }))).toEqual({ kind: 'failed', reason });
});

it('asks for no test where something else stands in the way, even after one that passed', () => {
  const obstacles = ['The audit daemon keeps a log.'];
  const cannot = { kind: 'cannot', reasons: obstacles };
  expect(trialSaying({ ...state, isNeeded: false, obstacles })).toEqual(cannot);
  expect(trialSaying(now(passed, { isNeeded: false, obstacles }))).toEqual(cannot);
});
