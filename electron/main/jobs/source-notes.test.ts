import { expect, it } from 'vitest';
import type { FreezeTrial, TrialState } from '../../../shared/domain/freeze-trial.ts';
import { forgetWarning } from '../../../shared/domain/keep/forget-warning.ts';
import { keepEverything } from '../../../shared/domain/keep/rules.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import { repository, sources } from '../testing/world-data.ts';
import { type NoteFacts, sourceNotes } from './source-notes.ts';

const [source] = sources;
if (!source) throw new Error('the world has a source');
const failing = (backups: number) => ({ sourceId: source.id, backups, text: forgetWarning('It is in use.').text });
const texts = (more: Partial<NoteFacts>): string[] =>
  sourceNotes({ source, repository, aheadAt: null, failedForgets: undefined, trial: undefined, ...more }).map(
    ({ text }) => text,
  );

it('tells that old snapshots stay after three backups, and at once where space is short', () => {
  expect(texts({})).toEqual([]);
  expect(texts({ failedForgets: failing(2) })).toEqual([]);
  expect(texts({ failedForgets: failing(3) })).toEqual([
    'Old snapshots could not be deleted for 3 backups: It is in use.',
  ]);
  const full = { ...repository, freeBytes: 1024 ** 3 };
  expect(texts({ repository: full, failedForgets: failing(1) })).toEqual([
    'Old snapshots could not be deleted for the last backup: It is in use.',
  ]);
});

it('says nothing where nothing is to be deleted any more', () => {
  const kept = { ...source, policy: { ...source.policy, keep: keepEverything } };
  expect(texts({ source: kept, failedForgets: failing(9) })).toEqual([]);
});

it('asks for a test where none was made, and again after a kernel change', () => {
  const trial: TrialState = {
    ...{ concerns: true, isNeeded: true, mayStallMs: 250, obstacles: [], last: null },
    ...{ kernel: '6.12', mountPoint: '/' },
  };
  const last: FreezeTrial = {
    ...{ outcome: 'passed', reason: '', at: msToInstant(0), kernel: '6.11', filesystem: 'root', mountPoint: '/' },
    ...{ leaseMs: 250, stallsMs: [2], longestProbeMs: null },
  };
  expect(texts({ trial })).toEqual([expect.stringContaining('was not tested yet')]);
  expect(texts({ trial: { ...trial, last } })).toEqual([expect.stringContaining('The kernel was changed')]);
});
