import { describe, expect, it } from 'vitest';
import { sourceIdSchema } from '../../../shared/domain/ids.ts';
import { defaultConditionRules, defaultSchedule } from '../../../shared/domain/schedule/schedule.ts';
import { withPin } from '../../../shared/domain/snapshot-tags.ts';
import { openRepository } from '../repository/index.ts';
import { assertHealthy } from '../repository/testing/assert-healthy.ts';
import { ControlledEnvironment } from '../repository/testing/controlled-environment.ts';
import { diskError, faulty } from '../repository/testing/faulty.ts';
import { memoryRepository, testOptions } from '../repository/testing/memory-repository.ts';
import { forget, forgetAfterBackup } from './forget.ts';
import { planKeep } from './plan-keep.ts';
import { emptyResult } from './run-results.ts';
import { forgetJob, idsIn, idsOf, madeDaysAgo, reporting, runId, signal } from './testing/kept-world.ts';

const other = sourceIdSchema.parse('music-1');
const { report } = reporting();
const hourly = { schedule: defaultSchedule, conditions: defaultConditionRules };

async function backedUp(repository: Parameters<typeof madeDaysAgo>[0], days: number) {
  const snapshot = await madeDaysAgo(repository, days);
  return { ...emptyResult(runId, 'done', 'Held still.'), snapshotId: snapshot.id };
}

describe('forgetting', () => {
  it('deletes what the rules of the source do not keep, and nothing of anybody else', async () => {
    const { repository } = await memoryRepository();
    await madeDaysAgo(repository, 3);
    const stays = [
      await madeDaysAgo(repository, 1),
      await madeDaysAgo(repository, 9, { pinned: true }),
      await madeDaysAgo(repository, 8, { sourceId: other }),
      await madeDaysAgo(repository, 7, { sourceId: null }),
      await madeDaysAgo(repository, 6, {}, { tags: ['source:photos-1'] }),
      await madeDaysAgo(repository, 5, {}, { tags: [] }),
    ];
    const result = await forget(repository, forgetJob({ last: 1 }), report, signal);
    expect(result).toMatchObject({ outcome: 'done', summary: '1 old snapshot was deleted; 2 snapshots stay.' });
    expect(await idsIn(repository)).toEqual(idsOf(...stays));
    expect(await repository.locks.list()).toEqual([]);
    await assertHealthy(repository);
  });

  it('keeps the newest good one however many weaker ones came after it', async () => {
    const { repository } = await memoryRepository();
    const good = await madeDaysAgo(repository, 5);
    await madeDaysAgo(repository, 6);
    await madeDaysAgo(repository, 3, { level: 'torn' });
    const newest = await madeDaysAgo(repository, 1, { level: 'per-file' });
    await forget(repository, forgetJob({ last: 1 }), report, signal);
    expect(await idsIn(repository)).toEqual(idsOf(good, newest));
  });

  it('lets safety snapshots of this user go after 30 days, unless a restore can be taken back with them', async () => {
    const { repository } = await memoryRepository();
    const safety = { safety: true };
    await madeDaysAgo(repository, 31, safety);
    const young = await madeDaysAgo(repository, 29, safety);
    const needed = await madeDaysAgo(repository, 31, safety);
    const theirs = [
      await madeDaysAgo(repository, 31, safety, { username: 'ben' }),
      await madeDaysAgo(repository, 31, safety, { hostname: 'lap' }),
      await madeDaysAgo(repository, 31, safety, { uid: 1001 }),
    ];
    const stays = await madeDaysAgo(repository, 40);
    await forget(repository, forgetJob({}, [needed.id]), report, signal);
    expect(await idsIn(repository)).toEqual(idsOf(young, needed, stays, ...theirs));
  });

  it('deletes nothing while a snapshot file cannot be read, and says which', async () => {
    const { backend, repository: writer } = await memoryRepository();
    const spoiled = await madeDaysAgo(writer, 2);
    for (const days of [1, 3, 4]) await madeDaysAgo(writer, days);
    backend.files.get(`snapshot/${spoiled.id}`)?.fill(0, 40, 44);
    const repository = await openRepository(backend, testOptions);
    const before = await idsIn(repository);
    const refused = forget(repository, forgetJob({ last: 1 }), report, signal);
    await expect(refused).rejects.toMatchObject({
      kind: 'repository-damaged',
      message: expect.stringContaining(spoiled.id.slice(0, 8)),
    });
    expect(await idsIn(repository)).toEqual(before);
    await expect(planKeep(repository, { ...forgetJob({ last: 1 }), plan: hourly }, signal)).rejects.toMatchObject({
      kind: 'repository-damaged',
    });
  });

  it('decides again under the lock: what was pinned meanwhile stays', async () => {
    const { backend: inner, repository: elsewhere } = await memoryRepository();
    const old = await madeDaysAgo(elsewhere, 5);
    await madeDaysAgo(elsewhere, 1);
    const backend = faulty(inner);
    const repository = await openRepository(backend, testOptions);
    backend
      .on('save', 'lock')
      .nth(1)
      .calls(async () => {
        await elsewhere.locks.withLock({ mode: 'shared' }, (lock) =>
          elsewhere.snapshots.rewriteTags(lock, old.id, (tags) => withPin(tags, true)),
        );
      });
    await forget(repository, forgetJob({ last: 1 }), report, signal);
    expect((await repository.snapshots.list()).snapshots.map(({ tags }) => tags.includes('pin'))).toEqual([
      true,
      false,
    ]);
  });
});

describe('forgetting after a backup', () => {
  it('is a phase of the same run, and told only when something went', async () => {
    const { repository } = await memoryRepository();
    const { report: told, events } = reporting();
    await madeDaysAgo(repository, 3);
    const result = await backedUp(repository, 0);
    const first = await forgetAfterBackup(result, repository, () => forgetJob({ last: 1 }), told, signal);
    expect(first).toEqual({ ...result, summary: 'Held still. 1 old snapshot was deleted by the keep rules.' });
    expect(events.map(({ type }) => type)).toContain('phase-started');
    expect(await forgetAfterBackup(result, repository, () => forgetJob({ last: 1 }), told, signal)).toEqual(result);
    expect(await idsIn(repository)).toEqual([result.snapshotId]);
  });

  it('does not say that a rule deleted what went by its age', async () => {
    const { repository } = await memoryRepository();
    await madeDaysAgo(repository, 3);
    await madeDaysAgo(repository, 31, { safety: true });
    const result = await backedUp(repository, 0);
    expect((await forgetAfterBackup(result, repository, () => forgetJob({ last: 1 }), report, signal)).summary).toBe(
      'Held still. 2 old snapshots were deleted, 1 of them made before a restore and older than 30 days.',
    );
  });

  it('looks at nothing and locks nothing without rules, and locks nothing when nothing goes', async () => {
    const { backend: inner, repository: writer } = await memoryRepository();
    const result = await backedUp(writer, 0);
    const backend = faulty(inner);
    const repository = await openRepository(backend, testOptions);
    const before = backend.log.length;
    await forgetAfterBackup(result, repository, () => forgetJob({}), report, signal);
    expect(backend.log.slice(before)).toEqual([]);
    await forgetAfterBackup(result, repository, () => forgetJob({ daily: 7 }), report, signal);
    expect(backend.log.slice(before)).not.toContain('save lock');
  });

  it('is a warning of a backup that is done, whatever goes wrong', async () => {
    const { backend: inner, repository: writer } = await memoryRepository();
    await madeDaysAgo(writer, 3);
    const result = await backedUp(writer, 0);
    const backend = faulty(inner);
    const repository = await openRepository(backend, testOptions);
    const run = (job = () => forgetJob({ last: 1 }), stop = signal) =>
      forgetAfterBackup(result, repository, job, report, stop);
    const warned = {
      outcome: 'warnings',
      snapshotId: result.snapshotId,
      warningsTotal: 1,
      warnings: [{ code: 'forget' }],
      error: null,
    };
    backend.on('remove', 'snapshot').nth(1).fails(diskError());
    expect(await run()).toMatchObject(warned);
    expect(await run(undefined, AbortSignal.abort())).toMatchObject(warned);
    const broken = () => {
      throw new Error('the registry cannot be read');
    };
    expect(await run(broken)).toMatchObject(warned);
    expect(await repository.locks.list()).toEqual([]);
    expect(await idsIn(repository)).toHaveLength(2);
  });

  it('waits ten seconds for others, and leaves the rest to the next backup', async () => {
    const environment = new ControlledEnvironment();
    const { backend, repository: writer } = await memoryRepository();
    await madeDaysAgo(writer, 3);
    const result = await backedUp(writer, 0);
    const repository = await openRepository(backend, { ...testOptions, environment });
    const lap = environment.sibling('lap', 7);
    const theirs = await openRepository(backend, { ...testOptions, environment: lap });
    const waiting = theirs.locks.acquire({ mode: 'shared' });
    await lap.pass(1_000);
    const lock = await waiting;
    let ended: unknown = null;
    const running = forgetAfterBackup(result, repository, () => forgetJob({ last: 1 }), report, signal).then(
      (value) => {
        ended = value;
      },
    );
    await environment.pass(9_000);
    expect(ended).toBeNull();
    await environment.pass(2_000);
    await running;
    expect(ended).toMatchObject({
      warnings: [{ code: 'forget', text: expect.stringContaining('in use by user on lap') }],
    });
    void lock.release();
    await lap.pass(1_000);
  });
});

describe('a plan of what would go', () => {
  it('says of each snapshot what keeps it, or when it goes', async () => {
    const { repository } = await memoryRepository();
    const now = await madeDaysAgo(repository, 0);
    const old = await madeDaysAgo(repository, 4);
    const pinned = await madeDaysAgo(repository, 9, { pinned: true });
    const safety = await madeDaysAgo(repository, 10, { safety: true });
    await madeDaysAgo(repository, 2, { sourceId: other });
    const plan = await planKeep(repository, { ...forgetJob({ last: 2 }), plan: hourly }, signal);
    expect(plan).toMatchObject({ keeping: 4, going: 0 });
    expect(plan.snapshots.map(({ id, because, rules }) => [id, because, rules])).toEqual([
      [now.id, 'rule', ['last']],
      [old.id, 'rule', ['last']],
      [pinned.id, 'pinned', []],
      [safety.id, 'safety', []],
    ]);
    const [first, second, third, fourth] = plan.snapshots.map(({ goesAt }) =>
      goesAt === null ? null : Date.parse(goesAt),
    );
    const hour = 3_600_000;
    expect(second).toBe(Math.ceil((Date.now() + 1) / hour) * hour);
    expect(first).toBe((second ?? 0) + hour);
    expect(third).toBeNull();
    expect(Math.round(((fourth ?? 0) - Date.now()) / 86_400_000)).toBe(20);
    const narrower = await planKeep(repository, { ...forgetJob({ last: 1 }), plan: hourly }, signal);
    expect(narrower).toMatchObject({ keeping: 3, going: 1 });
    expect(narrower.snapshots[1]).toMatchObject({ id: old.id, keep: false, because: null, goesAt: null });
  });

  it('stops when it is cancelled', async () => {
    const { repository } = await memoryRepository();
    await madeDaysAgo(repository, 0);
    const job = { ...forgetJob({ last: 1000 }), plan: hourly };
    await expect(planKeep(repository, job, AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
