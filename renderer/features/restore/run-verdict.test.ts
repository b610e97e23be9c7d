import { describe, expect, it } from 'vitest';
import { shownProgress } from './run-progress.ts';
import { type EndedRun, judgeRun } from './run-verdict.ts';

const readBack = { name: 'verify-files', durationMs: 12 } as const;

function ended(outcome: EndedRun['outcome'], phases: EndedRun['phases'] = [readBack], warningsTotal = 0): EndedRun {
  return { outcome, phases, warningsTotal };
}

describe('what an ended restore may claim', () => {
  it('says verified only when reading back was finished', () => {
    expect(judgeRun(ended('done'))).toEqual({ tone: 'ok', words: 'done', verified: true });
    expect(judgeRun(ended('done', [])).verified).toBe(false);
    expect(judgeRun(ended('done', [{ name: 'verify-files', durationMs: null }])).verified).toBe(false);
    expect(judgeRun(ended('cancelled')).verified).toBe(false);
  });

  it('does not call a run with warnings plain success', () => {
    expect(judgeRun(ended('done', [readBack], 3))).toMatchObject({ tone: 'warn', words: 'warnings' });
    expect(judgeRun(ended('warnings'))).toMatchObject({ tone: 'warn', words: 'warnings' });
  });

  it.each(['failed', 'waiting', 'interrupted'] as const)('calls %s what it is', (outcome) => {
    expect(judgeRun(ended(outcome))).toMatchObject({ tone: 'bad', words: outcome });
  });

  it('takes a run that vanished for interrupted', () => {
    expect(judgeRun(ended(null)).words).toBe('interrupted');
  });
});

describe('the progress of a restore', () => {
  const progress = {
    files: 5,
    bytes: 50,
    totalFiles: 10,
    totalBytes: 200,
    current: '',
    bytesPerSecond: null,
    secondsLeft: null,
  };

  it('goes by bytes, else by files, else pretends nothing', () => {
    expect(shownProgress(progress).fraction).toBe(0.25);
    expect(shownProgress({ ...progress, totalBytes: 0 }).fraction).toBe(0.5);
    expect(shownProgress({ ...progress, totalBytes: null, totalFiles: null }).fraction).toBeNull();
    expect(shownProgress(null).fraction).toBeNull();
  });

  it('never stands at the end before the run has ended', () => {
    expect(shownProgress({ ...progress, bytes: 200 }).fraction).toBeLessThan(1);
  });
});
