import { expect, it } from 'vitest';
import type { ConsistencyLevel } from '../../../shared/domain/level.ts';
import type { RepositoryStatus } from '../../../shared/domain/repository.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import { repository, repositoryId, runId, snapshotId, sources } from '../testing/world-data.ts';
import { newRun } from './fold-run.ts';
import { type SourceFacts, sourceViews } from './source-views.ts';

const [source] = sources;
if (!source) throw new Error('the world has a source');
const time = Date.parse('2025-11-20T02:00:00Z');
const hour = 3_600_000;
const plan = {
  ...{ nextRunAt: null, planned: [], heldBack: '', heldBackBy: null, isWaitingForDisk: false, missed: [] },
  ...{ unchangedAt: null, windows: [], since: time },
};

const viewsOf = (more: Partial<SourceFacts>): SourceView[] => allViews('ready', more, 'filesystem');

function viewOf(
  state: RepositoryStatus['state'],
  more: Partial<SourceFacts> = {},
  level: ConsistencyLevel = 'filesystem',
): SourceView | undefined {
  return allViews(state, more, level)[0];
}

function allViews(state: RepositoryStatus['state'], more: Partial<SourceFacts>, level: ConsistencyLevel): SourceView[] {
  const mark = {
    ...{ id: snapshotId(1), repositoryId, runId: runId(1), time, askedAt: null, level, method: 'live' as const },
    ...{ stallMs: null, frozenAt: null, thawedAt: null, kind: 'backup' as const, pinned: false, verified: true },
    ...{ files: 1, bytes: 1, newBytes: 1 },
  };
  const facts = {
    sources: [source],
    repositories: [{ ...repository, state }],
    snapshots: [
      { mark, sourceId: source?.id, sourceName: '', hostname: '', paths: [], filesystem: '', staticBand: null },
    ],
    ...{ damages: [], latestBackups: [], failedForgets: [], active: [], planOf: () => plan },
    ...{ scheduledStillPoints: true, trials: new Map(), now: time + hour },
  } as SourceFacts;
  return sourceViews({ ...facts, ...more });
}

it('is as safe while it waits as it was before', () => {
  expect(viewOf('waiting')).toMatchObject({ health: 'waiting', safeMeanwhile: true });
  expect(viewOf('password-needed')).toMatchObject({ health: 'waiting', safeMeanwhile: true });
  expect(viewOf('ready')).not.toHaveProperty('safeMeanwhile');
});

it('is not called safe while it waits when something was wrong before', () => {
  const asked = {
    kind: 'backup',
    title: '',
    repositoryId,
    askedAt: '2025-11-20T02:30:00Z',
    trigger: 'schedule',
  } as const;
  const failed = { ...newRun({ ...asked, runId: runId(2), sourceId: source.id }), outcome: 'failed' as const };
  const damages = [{ repositoryId, runId: runId(9), title: 'Check', at: time }];
  for (const view of [
    viewOf('waiting', {}, 'torn'),
    viewOf('waiting', { latestBackups: [failed] }),
    viewOf('waiting', { damages }),
    viewOf('waiting', { snapshots: [] }),
  ]) {
    expect(view?.health).toBe('waiting');
    expect(view).not.toHaveProperty('safeMeanwhile');
  }
  expect(viewOf('waiting', { now: time + 400 * hour })).toMatchObject({ health: 'late' });
  expect(viewOf('waiting', { now: time + 400 * hour })).not.toHaveProperty('safeMeanwhile');
});

it('asks for the test of a filesystem once, whatever lies on it', () => {
  const state = {
    ...{ concerns: true, isNeeded: true, mayStallMs: 250, obstacles: [], last: null },
    ...{ kernel: '6.12', mountPoint: '/' },
  };
  const trials = new Map(sources.map(({ id }) => [id, state]));
  const asking = (of: SourceFacts['trials']) =>
    viewsOf({ sources, trials: of }).map(({ notes }) => notes.map(({ kind }) => kind));
  expect(asking(trials)).toEqual([['trial'], []]);
  expect(asking(new Map([...trials].map(([id, trial], n) => [id, { ...trial, mountPoint: `/${n}` }])))).toEqual([
    ['trial'],
    ['trial'],
  ]);
  expect(asking(new Map([...trials].map(([id, trial]) => [id, { ...trial, isNeeded: false }])))).toEqual([[], []]);
});
