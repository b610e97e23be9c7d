import { describe, expect, it } from 'vitest';
import type { PhaseName, Progress } from '../../shared/domain/run.ts';
import type { RunView } from '../../shared/ipc/runs.ts';
import { runIdOf } from '../testing/model/ids.ts';
import { plans } from '../testing/model/plans.ts';
import { emptyRun } from '../testing/model/runs.ts';
import { advanceShare, type RunShare } from './run-share.ts';

const run = emptyRun(plans.documents, runIdOf('share'), 0);

function at(phase: PhaseName, done: number | null): RunView {
  const progress: Progress | null =
    done === null
      ? null
      : {
          files: 0,
          bytes: Math.round(done * 1000),
          totalFiles: null,
          totalBytes: 1000,
          current: '',
          bytesPerSecond: null,
          secondsLeft: null,
        };
  return { ...run, phase, progress };
}

function play(views: readonly RunView[]): number[] {
  const shares: number[] = [];
  let share: RunShare | undefined;
  for (const view of views) {
    share = advanceShare(share, view);
    shares.push(share.share);
  }
  return shares;
}

describe('advanceShare', () => {
  it('never goes back, though each phase counts from nothing', () => {
    const shares = play([
      at('preflight', null),
      at('scan', 0.5),
      at('precopy', 0.2),
      at('precopy', 1),
      at('flush', null),
      at('store', 0),
      at('store', 0.7),
      at('rescan', 0),
      at('rescan', 1),
      at('verify-packs', 1),
      at('verify-snapshot', 1),
    ]);
    for (let step = 1; step < shares.length; step += 1) {
      expect(shares[step] ?? 0).toBeGreaterThanOrEqual(shares[step - 1] ?? 0);
    }
  });

  it('is never 100 % before the end, and then it is', () => {
    const shares = play([at('verify-snapshot', 1), at('verify-snapshot', 1)]);
    expect(Math.max(...shares)).toBeLessThan(1);
    expect(advanceShare(undefined, { ...run, finishedAt: '2026-11-20T02:00:00Z', outcome: 'done' }).share).toBe(1);
  });

  it('goes all the way through the copy when nothing was copied ahead', () => {
    const [, early = 0, late = 0] = play([at('scan', 1), at('store', 0.1), at('store', 0.9)]);
    expect(early).toBeLessThan(0.25);
    expect(late).toBeGreaterThan(0.8);
  });

  it('stays where it is while a phase does not know its total', () => {
    const [before, after] = play([at('store', 0.5), at('publish', null)]);
    expect(after).toBe(before);
  });
});
