import { describe, expect, it } from 'vitest';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { PhaseName, Progress, RunEvent } from '../../../shared/domain/run.ts';
import { missingEnd, resultWithout } from '../../schedule/run-logs/interrupted.ts';
import { foldLog } from './fold-run.ts';

const runId = 'a'.repeat(32) as RunId;
const at = (second: number): string => `2025-11-20T02:00:${String(second).padStart(2, '0')}.000Z`;
const started: RunEvent = {
  type: 'run-started',
  runId,
  at: at(1),
  kind: 'backup',
  sourceId: null,
  repositoryId: null,
  askedAt: at(0),
  title: 'Back up',
  trigger: 'schedule',
};
const begin = (phase: PhaseName, second: number): RunEvent => ({ type: 'phase-started', runId, at: at(second), phase });
const end = (phase: PhaseName, second: number, durationMs: number): RunEvent => ({
  type: 'phase-finished',
  runId,
  at: at(second),
  phase,
  durationMs,
});
const progress = (phase: PhaseName, more: Partial<Progress>): RunEvent => ({
  type: 'progress',
  runId,
  at: at(5),
  phase,
  progress: {
    files: 0,
    bytes: 0,
    totalFiles: null,
    totalBytes: null,
    current: '',
    bytesPerSecond: null,
    secondsLeft: null,
    ...more,
  },
});
const finished = (second: number, more = {}): RunEvent => ({
  type: 'run-finished',
  runId,
  at: at(second),
  result: { ...resultWithout(runId, 'done', 'Done.', null), ...more },
});

describe('foldLog', () => {
  it('follows phases, also one that was measured as a whole afterwards', () => {
    const run = foldLog([started, begin('scan', 2), end('scan', 3, 900), end('freeze', 4, 12), begin('store', 5)]);
    expect(run?.phases).toEqual([
      { name: 'scan', startedAt: at(2), durationMs: 900 },
      { name: 'freeze', startedAt: '2025-11-20T02:00:03.988Z', durationMs: 12 },
      { name: 'store', startedAt: at(5), durationMs: null },
    ]);
    expect(run?.phase).toBe('store');
  });

  it('goes on naming the last phase until the next begins', () => {
    expect(foldLog([started, begin('scan', 2), end('scan', 3, 900)])?.phase).toBe('scan');
  });

  it('never lets the bar jump back within a phase, and begins anew in the next', () => {
    const first = progress('store', { files: 5, bytes: 50, totalFiles: 10, totalBytes: 100 });
    const back = progress('store', { files: 4, bytes: 40, totalFiles: 8, totalBytes: null });
    expect(foldLog([started, begin('store', 2), first, back])?.progress).toMatchObject({
      files: 5,
      bytes: 50,
      totalFiles: 10,
      totalBytes: 100,
    });
    const next = [begin('verify-packs', 6), progress('verify-packs', { files: 1, totalFiles: 2 })];
    expect(foldLog([started, begin('store', 2), first, ...next])?.progress).toMatchObject({ files: 1, totalFiles: 2 });
  });

  it('carries a level only once the result says so, and ends what was open', () => {
    const open = [started, begin('store', 2)];
    expect(foldLog(open)?.level).toBeNull();
    expect(foldLog([...open, finished(9, { level: 'crash', files: 3 })])).toMatchObject({
      level: 'crash',
      outcome: 'done',
      finishedAt: at(9),
      phase: null,
      progress: null,
      phases: [{ name: 'store', durationMs: 7_000 }],
    });
  });

  it('keeps the pause and the notes', () => {
    const held: RunEvent = { type: 'held', runId, at: at(4), frozenAt: at(2), thawedAt: at(3), stallMs: 11.8 };
    const note: RunEvent = { type: 'note', runId, at: at(4), severity: 'warning', text: 'Late.' };
    expect(foldLog([started, held, note])).toMatchObject({
      held: { frozenAt: at(2), thawedAt: at(3), stallMs: 11.8 },
      notes: [{ severity: 'warning', text: 'Late.' }],
    });
  });

  it('makes nothing of a log without its beginning', () => {
    expect(foldLog([])).toBeUndefined();
    expect(foldLog([finished(9)])).toBeUndefined();
  });
});

describe('missingEnd', () => {
  it('ends a log whose run was cut off, at the last thing known of it', () => {
    const events = [started, begin('store', 2), progress('store', { files: 7, bytes: 70 })];
    const last = missingEnd(events);
    expect(last).toMatchObject({
      type: 'run-finished',
      at: at(5),
      result: { outcome: 'interrupted', files: 7, bytes: 70 },
    });
    expect(last && missingEnd([...events, last])).toBeUndefined();
  });

  it('leaves a log alone that has its end, or never began', () => {
    expect(missingEnd([started, finished(9)])).toBeUndefined();
    expect(missingEnd([])).toBeUndefined();
    expect(missingEnd([begin('scan', 1)])).toBeUndefined();
  });
});
