import type { FreezeTrial } from '../../../shared/domain/freeze-trial.ts';
import { specPaths } from '../../../shared/domain/source.ts';
import { instantOf } from '../model/runs.ts';
import type { World } from '../model/world.ts';
import { fail, type Handlers, type Stage } from './handlers.ts';

let stopTrial = (): void => {};

export const stillPointHandlers: Handlers = {
  'stillPoints.trialState': (target, { world }) =>
    'sourceId' in target &&
    world.sources.every(
      ({ id, spec }) => id !== target.sourceId || specPaths(spec).every((path) => path.startsWith('/media/')),
    )
      ? { ...world.trial, concerns: false, isNeeded: false, obstacles: [], last: null }
      : world.trial,
  'stillPoints.tryOut': async (_target, stage) => {
    const isStopped = await new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), 2_500);
      stopTrial = () => resolve(true);
    });
    if (isStopped) throw fail('cancelled', 'It was cancelled.', 'Start it again when you want to.');
    return settle(stage, { outcome: 'passed', reason: '', stallsMs: [11.8, 2.9, 3.4], longestProbeMs: 12.3 });
  },
  'stillPoints.cancelTrial': () => {
    stopTrial();
    return {};
  },
  'stillPoints.skipTrial': (_target, stage) =>
    settle(stage, { outcome: 'skipped', reason: 'The test was skipped.', stallsMs: [], longestProbeMs: null }),
};

function settle(
  { world, emit, now }: Stage,
  result: Pick<FreezeTrial, 'outcome' | 'reason' | 'stallsMs' | 'longestProbeMs'>,
): FreezeTrial {
  const { concerns, kernel, mountPoint, mayStallMs } = world.trial;
  if (!concerns) throw fail('bad-input', 'Nothing of the system runs from there.', 'Back it up; it needs no test.');
  const last = { ...result, at: instantOf(now()), kernel, filesystem: 'c0ffee', mountPoint, leaseMs: mayStallMs };
  const isNeeded = result.outcome !== 'passed';
  world.trial = { ...world.trial, last, isNeeded, obstacles: isNeeded ? [result.reason] : [] };
  world.sources = withoutNote(world);
  emit({ type: 'changed', topics: ['sources'] });
  return last;
}

function withoutNote({ sources }: World): World['sources'] {
  return sources.map((source) => ({ ...source, notes: source.notes.filter(({ kind }) => kind !== 'trial') }));
}
