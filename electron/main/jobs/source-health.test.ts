import { expect, it } from 'vitest';
import { repositoryIdSchema } from '../../../shared/domain/ids.ts';
import type { ConsistencyLevel } from '../../../shared/domain/level.ts';
import type { RunOutcome } from '../../../shared/domain/run.ts';
import type { Blocker } from '../../../shared/domain/schedule/facts.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import { repository, repositoryId, runId, snapshotId, sources } from '../testing/world-data.ts';
import { newRun } from './fold-run.ts';
import { type HealthFacts, heldBackWords, meetsPolicy, sourceHealth } from './source-health.ts';
import type { SourcePlan } from './source-plan.ts';
import { sourceViews } from './source-views.ts';

const [first] = sources;
if (!first) throw new Error('the world has a source');
const source = first;

const time = Date.parse('2025-11-20T02:00:00Z');
const day = 86_400_000;
const nothingPlanned: SourcePlan = {
  ...{
    nextRunAt: null,
    planned: [],
    heldBack: '',
    heldBackBy: null,
    isWaitingForDisk: false,
    missed: [],
    unchangedAt: null,
  },
  ...{ windows: [], since: time },
};
const mark = (level: ConsistencyLevel | null, more: Partial<SnapshotMark> = {}): SnapshotMark => ({
  id: snapshotId(1),
  repositoryId,
  runId: runId(1),
  time,
  askedAt: null,
  level,
  method: 'live',
  stallMs: null,
  frozenAt: null,
  thawedAt: null,
  kind: 'backup',
  pinned: false,
  verified: true,
  files: 1,
  bytes: 1,
  newBytes: 1,
  ...more,
});
const run = (outcome: RunOutcome, startedAt = '2025-11-20T03:00:00Z'): RunView => ({
  ...newRun({
    ...{ runId: runId(2), kind: 'backup', title: '', sourceId: source.id, repositoryId },
    ...{ askedAt: startedAt, trigger: 'schedule' },
  }),
  outcome,
  summary: `It ${outcome}.`,
});

function health(more: Partial<HealthFacts>) {
  const good = mark('filesystem');
  const facts = {
    ...{ source, repository, last: good, lastGood: good, usual: null, damage: null, lastRun: null, isRunning: false },
    hasOnlyFuture: false,
    ...{ lateSince: null, heldBack: '', scheduledStillPoints: true, now: time + day },
  };
  return sourceHealth({ ...facts, ...more });
}

it('is safe when the newest backup met the policy', () => {
  expect(health({ lastRun: run('done') })).toEqual({ health: 'safe', healthText: '' });
  expect(health({ lastRun: run('cancelled') }).health).toBe('safe');
});

it.each([
  ['running before all else', { isRunning: true, last: null, lastRun: run('failed') }, 'running'],
  ['new', { last: null, lastGood: null }, 'new'],
  ['waiting for its disk', { repository: { ...repository, state: 'waiting' } }, 'waiting'],
  ['waiting for a password', { repository: { ...repository, state: 'password-needed' } }, 'waiting'],
  ['waiting when another repository is in its place', { repository: { ...repository, state: 'other' } }, 'waiting'],
  ['failed when its repository cannot be written', { repository: { ...repository, state: 'read-only' } }, 'failed'],
  ['failed when its repository is not set up', { repository: undefined }, 'failed'],
  ['failed after a failure', { lastRun: run('failed') }, 'failed'],
  ['failed after an interruption', { lastRun: run('interrupted') }, 'failed'],
  ['safe when a later snapshot makes a failure history', { lastRun: run('failed', '2025-11-19T00:00:00Z') }, 'safe'],
  ['weaker', { last: mark('torn', { id: snapshotId(2) }) }, 'weaker'],
  ['weaker without evidence', { last: mark(null, { id: snapshotId(2) }) }, 'weaker'],
  [
    'waiting by its last run when nothing is known of the disk',
    { repository: null, lastRun: run('waiting') },
    'waiting',
  ],
  ['safe again once the disk is back', { lastRun: run('waiting') }, 'safe'],
] satisfies [string, Partial<HealthFacts>, string][])('is %s', (_what, facts, expected) => {
  const { health: got, healthText } = health(facts);
  expect(got).toBe(expected);
  expect(healthText === '').toBe(expected === 'safe');
});

it('is not safe while part of it could not be read', () => {
  const unreadable = { code: 'unreadable', text: 'not in the snapshot: No permission.', path: '/photos/private' };
  const partial = { ...run('warnings'), runId: runId(1), warnings: [unreadable], warningsTotal: 1 };
  expect(health({ lastRun: partial })).toEqual({
    health: 'weaker',
    healthText: '1 file or folder could not be read and is not in it',
  });
  const torn = { ...unreadable, code: 'torn' };
  expect(health({ lastRun: { ...partial, warnings: [torn] } }).health).toBe('safe');
  // A later run that made no snapshot says nothing of this one.
  expect(health({ lastRun: { ...partial, runId: runId(2) } }).health).toBe('safe');
  const many = { ...partial, warnings: [unreadable, unreadable], warningsTotal: 5_000 };
  expect(health({ lastRun: many }).healthText).toMatch(/^At least 2/);
});

it('is not safe while damage that a check found is not known to be gone, and says which check and what to do', () => {
  const at = Date.parse('2025-11-20T12:00:00Z');
  const damage = { repositoryId, runId: runId(9), title: 'Check Backup disk, all data', at };
  const { health: got, healthText } = health({ damage, lastRun: run('done') });
  expect(got).toBe('failed');
  expect(healthText).toBe(
    '“Check Backup disk, all data” found damage on Nov 20, 2025. See there what is lost; once it is repaired, check all data again',
  );
  // Neither does a weak or a failed backup hide it, nor one that was verified since.
  expect(health({ damage, last: mark('torn', { id: snapshotId(2) }) }).healthText).toBe(healthText);
  expect(health({ damage, lastRun: run('failed') }).healthText).toBe(healthText);
  expect(health({ damage, last: mark('filesystem', { time: at + 1 }) }).health).toBe('failed');
  expect(health({ damage, repository: { ...repository, state: 'waiting' } }).health).toBe('waiting');
});

it('takes the damage of the repository that holds the newest backup, and of no other', () => {
  const last = mark('filesystem');
  const views = (damagedRepository: typeof repositoryId) =>
    sourceViews({
      sources: [source],
      repositories: [repository],
      snapshots: [
        { mark: last, sourceId: source.id, sourceName: '', hostname: '', paths: [], filesystem: '', staticBand: null },
      ],
      damages: [{ repositoryId: damagedRepository, runId: runId(9), title: 'Check', at: time }],
      latestBackups: [],
      failedForgets: [],
      active: [],
      planOf: () => nothingPlanned,
      scheduledStillPoints: true,
      trials: new Map(),
      now: time,
    });
  expect(views(repositoryId)[0]?.health).toBe('failed');
  expect(views(repositoryIdSchema.parse('e'.repeat(64)))[0]?.health).toBe('safe');
});

it('does not believe a snapshot that is dated in the future, and says so', () => {
  const views = (marks: readonly SnapshotMark[], lastRun: RunView | undefined, now: number) =>
    sourceViews({
      sources: [source],
      repositories: [repository],
      snapshots: marks.map((each) => ({
        ...{
          mark: each,
          sourceId: source.id,
          sourceName: '',
          hostname: '',
          paths: [],
          filesystem: '',
          staticBand: null,
        },
      })),
      damages: [],
      latestBackups: lastRun === undefined ? [] : [lastRun],
      failedForgets: [],
      active: [],
      planOf: () => nothingPlanned,
      scheduledStillPoints: true,
      trials: new Map(),
      now,
    })[0];
  const good = mark('filesystem');
  const ahead = mark('filesystem', { id: snapshotId(9), time: Date.parse('2099-03-01T00:00:00Z') });
  const text =
    'A snapshot is dated in the future (2099-03-01): the clock was wrong when it was made, or is wrong now. It does not count as a backup.';
  const notes = [{ kind: 'future-snapshot', text }];
  const hour = day / 24;
  expect(views([good, ahead], run('failed'), time + 2 * hour)).toMatchObject({
    ...{ health: 'failed', healthText: 'It failed.', last: good, lastGood: good, lateSince: null, notes },
  });
  // A month later it is late, whatever is dated 2099.
  expect(views([good, ahead], undefined, time + 30 * day)).toMatchObject({ health: 'late', notes });
  expect(views([ahead], undefined, time)).toMatchObject({
    ...{ health: 'new', healthText: 'Its snapshots are dated in the future', last: null, lastGood: null, notes },
  });
  // Clocks of two machines are never quite the same.
  const soon = mark('filesystem', { id: snapshotId(9), time: time + 10 * 60_000 });
  expect(views([good, soon], undefined, time)).toMatchObject({ health: 'safe', last: soon, notes: [] });
});

it('names what is waited for', () => {
  expect(health({ repository: { ...repository, state: 'waiting' } }).healthText).toBe('Waiting for Backup disk');
});

it('names the repository a schedule waits for, and leaves every other reason as it is', () => {
  const words = (heldBackBy: Blocker | null, heldBack = 'Waiting for the repository') =>
    heldBackWords({ heldBack, heldBackBy }, repository);
  expect(words('repository-absent')).toBe('Waiting for Backup disk');
  expect(words('repository-locked')).toBe('Waiting for the password of Backup disk');
  expect(words('repository-other')).toBe('Another repository is in the place of Backup disk');
  expect(words('repository-read-only')).toBe('Backup disk cannot be written');
  expect(words('paused', 'Scheduled backups are paused')).toBe('Scheduled backups are paused');
  expect(words(null, '')).toBe('');
  expect(heldBackWords({ heldBack: 'Waiting', heldBackBy: 'repository-absent' }, null)).toBe('Waiting');
});

it('counts only backups with enough evidence', () => {
  expect(meetsPolicy(mark('filesystem'), 'crash')).toBe(true);
  expect(meetsPolicy(mark('per-file'), 'crash')).toBe(false);
  expect(meetsPolicy(mark(null), 'torn')).toBe(false);
  expect(meetsPolicy(mark('filesystem', { kind: 'safety' }), 'crash')).toBe(false);
});

const lateSince = time + 1;

it.each([
  ['in words of when', {}, 'Last good backup 24 hours ago'],
  [
    'before waiting',
    { repository: { ...repository, state: 'waiting' } },
    'Last good backup 24 hours ago. Waiting for Backup disk',
  ],
  [
    'with a locked password',
    { repository: { ...repository, state: 'password-needed' } },
    'Last good backup 24 hours ago. Waiting for the password of Backup disk',
  ],
  ['with what holds it back', { heldBack: 'On battery' }, 'Last good backup 24 hours ago. On battery'],
  ['without any backup', { last: null, lastGood: null }, 'No good backup yet'],
  [
    'for what came since is too weak',
    { last: mark('torn', { id: snapshotId(2) }) },
    'Last good backup 24 hours ago. Changed while copied',
  ],
] satisfies [string, Partial<HealthFacts>, string][])('is late %s', (_what, facts, words) => {
  expect(health({ ...facts, lateSince })).toEqual({ health: 'late', healthText: words });
});

it('that is late is not failed history, but what fails now is told first', () => {
  expect(health({ lateSince, lastRun: run('failed') }).health).toBe('failed');
  expect(health({ lateSince, isRunning: true }).health).toBe('running');
});

it('is weaker than usual where it still meets what is asked for', () => {
  const loose = { ...source, policy: { ...source.policy, requiredLevel: 'per-file' as const } };
  const last = mark('per-file');
  const facts = { source: loose, last, lastGood: last };
  expect(health({ ...facts, usual: 'filesystem' })).toEqual({
    health: 'weaker',
    healthText: 'Files are from different moments. Usually: Held still',
  });
  expect(health({ ...facts, usual: 'per-file' }).health).toBe('safe');
  expect(health({ ...facts, usual: null }).health).toBe('safe');
});

it('tells logs that changed from documents that changed', () => {
  const last = mark('torn', { id: snapshotId(2), runId: runId(2) });
  const torn = (...paths: string[]) => ({
    ...run('warnings'),
    warnings: paths.map((path) => ({ code: 'torn', text: '', path })),
    warningsTotal: paths.length,
  });
  expect(health({ last, lastRun: torn('/home/user/.local/state/app/app.log') }).healthText).toBe(
    'Only logs and caches changed while copied',
  );
  expect(
    health({ last, lastRun: torn('/home/user/.local/state/app/app.log', '/home/user/letter.odt') }).healthText,
  ).toBe('Changed while copied');
  const more = { ...torn('/home/user/.local/state/app/app.log'), warningsTotal: 2 };
  expect(health({ last, lastRun: more }).healthText).toBe('Changed while copied');
});

it('says of a scheduled backup what nobody allowed', () => {
  const last = mark('per-file', { id: snapshotId(2), runId: runId(2) });
  const facts = { last, lastRun: run('warnings'), scheduledStillPoints: false };
  expect(health(facts).healthText).toBe(
    'Files are from different moments. Scheduled backups hold nothing still until that is allowed',
  );
  expect(health({ ...facts, scheduledStillPoints: true }).healthText).toBe('Files are from different moments');
  expect(health({ ...facts, lastRun: { ...run('warnings'), trigger: 'person' } }).healthText).toBe(
    'Files are from different moments',
  );
});
