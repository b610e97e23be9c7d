import { describe, expect, it } from 'vitest';
import { consistencyLevels } from '../../../shared/domain/level.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { runIdOf } from '../../testing/model/ids.ts';
import { plans } from '../../testing/model/plans.ts';
import { emptyRun } from '../../testing/model/runs.ts';
import { activeRuns, endedRuns, endTone } from './shown-runs.ts';

const running = emptyRun(plans.documents, runIdOf('a'), 2000);
const ended: RunView = {
  ...emptyRun(plans.documents, runIdOf('b'), 1000),
  finishedAt: '2026-11-20T02:00:00Z',
  outcome: 'done',
  level: 'filesystem',
};
const other: RunView = {
  ...ended,
  ...emptyRun(plans.photos, runIdOf('c'), 500),
  finishedAt: ended.finishedAt,
  outcome: 'failed',
};
const watched = new Set([ended.runId, other.runId]);

describe('cards', () => {
  it('show runs under way', () => {
    expect(activeRuns([running, ended])).toEqual([running]);
  });

  it('show an end that was watched, until it is closed', () => {
    expect(endedRuns([ended, other], watched, new Set())).toEqual([ended, other]);
    expect(endedRuns([ended, other], watched, new Set([ended.runId]))).toEqual([other]);
    expect(endedRuns([ended, other], new Set(), new Set())).toEqual([]);
  });

  it('do not show an end once the same source runs again', () => {
    expect(endedRuns([running, ended], watched, new Set())).toEqual([]);
  });

  it('leave the end of a restore to the restore', () => {
    expect(endedRuns([{ ...ended, kind: 'restore' }], watched, new Set())).toEqual([]);
  });
});

describe('endTone', () => {
  it('never sounds like a success where the level is weak or missing', () => {
    for (const level of [...consistencyLevels, null]) {
      const weak = level === null || level === 'torn' || level === 'per-file';
      expect(endTone({ ...ended, level })).toBe(weak ? 'warn' : 'ok');
    }
  });

  it('tells failure from cancelling and waiting', () => {
    expect(endTone({ ...ended, outcome: 'failed' })).toBe('bad');
    expect(endTone({ ...ended, outcome: 'cancelled' })).toBe('info');
    expect(endTone({ ...ended, outcome: 'waiting' })).toBe('warn');
    expect(endTone({ ...ended, outcome: 'interrupted' })).toBe('warn');
    expect(endTone({ ...ended, outcome: 'warnings' })).toBe('warn');
  });
});
