import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { StillpointError } from '../../shared/errors/index.ts';
import { begin, day, type EverydayApp, everydayApps, hour, minute, photosOnly } from './testing/everyday-app.ts';
import { photosId, repositoryId, worldPassword } from './testing/world-data.ts';

const start = everydayApps(afterEach);

describe('a schedule', () => {
  it('makes a run when its time has come, which is a run as any other and says who wanted it', async () => {
    const app = await start();
    expect((await app.photos()).nextRunAt).toBeGreaterThan(app.services.now());
    const looks = await app.pass(61 * minute);
    expect(looks).toMatchObject([{ kind: 'ran', trigger: 'due', result: { outcome: 'done' } }]);
    const [run] = await app.ask('runs.list', { limit: 5 });
    expect(run).toMatchObject({ title: 'Back up Photos', trigger: 'schedule', outcome: 'done', kind: 'backup' });
    expect(app.world.triggers).toEqual(['schedule']);
    expect((await app.ask('timeline.get')).lanes[0]?.snapshots.at(-1)).toMatchObject({ runId: run?.runId });
    expect(await app.photos()).toMatchObject({ health: 'safe', heldBack: '', lateSince: null });
    const log = await app.ask('runs.log', { runId: run?.runId });
    expect(log[0]).toMatchObject({ type: 'run-started', trigger: 'schedule' });
    expect(app.reports).toEqual([]);
  });

  it('is not hidden by a snapshot of the year 2099, which is told of once', async () => {
    const future = Date.parse('2099-03-01T00:00:00Z');
    const app = await start(photosOnly(begin, future));
    app.world.overrides['backup.run'] = async () => {
      throw new StillpointError({ kind: 'io', message: 'The disk has an error.', guidance: 'Look at its cable.' });
    };
    await app.pass(2 * hour);
    expect(await app.photos()).toMatchObject({ health: 'failed', notes: [{ kind: 'future-snapshot' }] });
    await app.pass(6 * day);
    expect((await app.photos()).lateSince).not.toBeNull();
    const told = app.desktop.told.filter((title) => title === 'Photos: a snapshot from a wrong clock');
    expect(told).toHaveLength(1);
    expect((await app.ask('timeline.get')).lanes[0]?.snapshots.at(-1)).toMatchObject({ time: future });
  });

  it('plans ahead, and draws no more than a window has use for', async () => {
    const app = await start();
    const [lane] = (await app.ask('timeline.get')).lanes;
    expect(lane?.planned.length).toBeGreaterThan(10);
    expect(lane?.planned.length).toBeLessThanOrEqual(60);
    expect(lane?.planned).toEqual(lane?.planned.toSorted((a, b) => a - b));
    expect(lane?.windows).toEqual([]);
    const { policy } = await app.photos();
    const windows = [{ days: ['mon' as const], from: '01:00', to: '05:00' }];
    const conditions = { ...policy.conditions, windows };
    await app.ask('sources.setPolicy', { id: photosId, policy: { ...policy, conditions } });
    await app.look();
    const [narrow] = (await app.ask('timeline.get')).lanes;
    expect(narrow?.windows.length).toBeGreaterThan(8);
    for (const at of narrow?.planned ?? []) expect(new Date(at).getDay()).toBe(1);
  });

  it('catches up once after a sleep, and shows what was missed with why', async () => {
    const app = await start(photosOnly(begin));
    expect(await app.sleep(10 * hour)).toMatchObject([{ kind: 'ran', trigger: 'catch-up' }]);
    expect(await app.look()).toMatchObject([{ kind: 'idle' }]);
    expect(app.world.triggers).toEqual(['schedule']);
    const [lane] = (await app.ask('timeline.get')).lanes;
    const missed = lane?.missed ?? [];
    expect(missed.reduce((sum, { runs }) => sum + runs, 0)).toBe(9);
    expect(missed[0]?.text).toBe('The computer was off or asleep, or Stillpoint was not running.');
    expect(app.desktop.told).toEqual([]);
  });

  it('does not begin while it is paused, and says so', async () => {
    const app = await start();
    await app.ask('schedule.pause', { until: 'forever' });
    expect(await app.pass(2 * hour)).toMatchObject([{ kind: 'held-back', because: 'paused' }]);
    expect(await app.photos()).toMatchObject({ heldBack: 'Scheduled backups are paused', nextRunAt: null });
    expect(app.desktop.tray?.icon).toBe('paused');
    await app.services.tray.act({ kind: 'resume' });
    expect(await app.ask('schedule.state')).toMatchObject({ pausedUntil: null });
    expect(await app.look()).toMatchObject([{ kind: 'ran' }]);
  });

  it('is one backup with a click that comes while it is under way', async () => {
    const app = await start();
    app.world.phaseMs = 40;
    app.clock.aheadMs += 2 * hour;
    const ticked = app.services.scheduler.tick();
    await expect.poll(() => app.services.runs.active.length).toBe(1);
    const { runId } = await app.ask('backup.start', { sourceId: photosId });
    expect(app.services.runs.active[0]).toMatchObject({ runId, trigger: 'schedule' });
    await ticked;
    expect(app.world.triggers).toEqual(['schedule']);
  });

  it('does not begin a first backup that a person has begun', async () => {
    const app = await start();
    app.world.phaseMs = 40;
    const { policy } = await app.photos();
    const changes = { kind: 'changes' as const, changes: 1, atMostEveryMinutes: 15, atLeastEveryHours: 24 };
    const spec = { kind: 'filesystem' as const, path: '/home/user/Music', excludes: [] };
    const music = await app.ask('sources.add', { name: 'Music', spec, policy: { ...policy, schedule: changes } });
    await app.look();
    await app.ask('backup.start', { sourceId: music.id });
    await app.look();
    await app.look();
    expect(app.world.triggers).toEqual(['person']);
    expect((await app.ask('sources.list')).at(-1)).toMatchObject({ name: 'Music', health: 'safe' });
  });

  it('does not wait for ever for whoever added a source', async () => {
    const app = await start();
    const { policy } = await app.photos();
    const spec = { kind: 'filesystem' as const, path: '/home/user/Music', excludes: [] };
    await app.ask('sources.add', { name: 'Music', spec, policy });
    await app.pass(6 * minute);
    expect(app.world.triggers).toEqual(['schedule']);
  });

  it('makes up for a run that closing the app cut off, which nobody gave up', async () => {
    const former = await start();
    former.world.phaseMs = 200;
    former.clock.aheadMs += hour;
    const ticked = former.services.scheduler.tick();
    await expect.poll(() => former.services.runs.active[0]?.phase).toBeTruthy();
    const stopped = former.services.schedule.stop();
    former.services.runs.cancelAll();
    await Promise.all([stopped, ticked]);
    expect(await former.ask('runs.list', { limit: 5 })).toMatchObject([{ outcome: 'interrupted', snapshotId: null }]);
    const app = await start(photosOnly(begin), former.folder, begin + hour + minute);
    await app.pass(minute);
    expect(app.world.triggers).toEqual(['schedule']);
    const runs = await app.ask('runs.list', { limit: 5 });
    expect(runs.map(({ outcome }) => outcome)).toEqual(['done', 'interrupted']);
  });

  it('shows what keep rules deleted in the same run as gone', async () => {
    const world = photosOnly(begin - 40 * day, begin);
    const app = await start(world);
    await app.pass(61 * minute);
    expect((await app.ask('runs.list', { limit: 5 })).map(({ kind }) => kind)).toEqual(['backup']);
    app.world.going = [world.snapshots[0]?.id ?? ''];
    await app.pass(61 * minute);
    expect((await app.ask('runs.list', { limit: 5 })).map(({ kind }) => kind)).toEqual(['backup', 'backup']);
    expect((await app.ask('timeline.get')).lanes[0]?.snapshots).toHaveLength(3);
  });
});

describe('a locked repository', () => {
  it('holds a run back, asks nobody by a dialog, is told by a notice, and the run begins with the password', async () => {
    const app = await start();
    app.world.state = 'password-needed';
    expect(await app.pass(61 * minute)).toMatchObject([{ kind: 'held-back', because: 'repository-locked' }]);
    expect(app.events.filter(({ type }) => type === 'password-needed')).toEqual([]);
    expect(await app.photos()).toMatchObject({
      health: 'waiting',
      healthText: 'Waiting for the password of Backup disk',
      heldBack: 'Waiting for the password of Backup disk',
    });
    const [notice] = app.desktop.notices.values();
    expect(notice).toMatchObject({ kind: 'waiting-password', actions: [{ id: 'unlock', label: 'Unlock' }] });
    await app.services.notices.act(notice?.id ?? '', 'unlock');
    expect(app.desktop.opened).toEqual([{ kind: 'unlock', repositoryId }]);
    await app.ask('repositories.unlock', { id: repositoryId, password: worldPassword, remember: false });
    expect(await app.look()).toMatchObject([{ kind: 'ran' }]);
    expect(app.desktop.notices.size).toBe(0);
  });

  it('that locks under a scheduled run asks nobody either', async () => {
    const app = await start();
    app.world.overrides['backup.run'] = async () => {
      app.world.state = 'password-needed';
      throw new StillpointError({ kind: 'password-needed', message: 'It is locked.', guidance: '' });
    };
    await app.pass(61 * minute);
    expect(await app.ask('runs.list', { limit: 5 })).toMatchObject([{ outcome: 'waiting', trigger: 'schedule' }]);
    expect(app.events.filter(({ type }) => type === 'password-needed')).toEqual([]);
  });

  it('counts as late when it lasts', async () => {
    const app = await start(photosOnly(begin));
    app.world.state = 'password-needed';
    await app.pass(4 * day);
    const source = await app.photos();
    expect(source).toMatchObject({
      health: 'late',
      healthText: 'Last good backup 4 days ago. Waiting for the password of Backup disk',
    });
    expect(source.lateSince).toBeLessThan(app.services.now());
    expect([...app.desktop.notices.values()]).toMatchObject([{ kind: 'waiting-password', urgency: 'critical' }]);
  });
});

describe('a run whose end nobody could tell', () => {
  /** The helper publishes, and dies before it can say so. */
  const dying = (app: EverydayApp): void => {
    app.world.overrides['backup.run'] = async ({ runId, sourceId, askedAt, trigger }, emit) => {
      const at = new Date(app.services.now()).toISOString();
      const ids = { runId, sourceId, repositoryId };
      await emit({ type: 'run-started', ...ids, at, kind: 'backup', askedAt, title: 'Back up Photos', trigger });
      const made = app.world.addSnapshot(app.services.now());
      app.world.snapshots = app.world.snapshots.map((other) => (other === made ? { ...made, runId } : other));
      delete app.world.overrides['backup.run'];
      throw new StillpointError({ kind: 'helper-crashed', message: 'It crashed.', guidance: '', retryable: true });
    };
  };

  it.each(['person', 'schedule'] as const)('was published if its snapshot is there (%s)', async (trigger) => {
    const app = await start();
    dying(app);
    if (trigger === 'person') await app.ask('backup.start', { sourceId: photosId });
    else app.clock.aheadMs += hour;
    await app.look();
    await expect
      .poll(async () => (await app.ask('runs.list', { limit: 5 })).map((run) => [run.trigger, run.outcome]))
      .toEqual([[trigger, 'done']]);
    const [run] = await app.ask('runs.list', { limit: 5 });
    expect(run?.snapshotId).toBe(app.world.snapshots.at(-1)?.id);
    expect((await app.ask('runs.log', { runId: run?.runId })).at(-1)).toMatchObject({ result: { outcome: 'done' } });
    await expect.poll(async () => (await app.photos()).health).toBe('safe');
  });

  it('is shown as interrupted while its repository cannot be asked, and found out with the password', async () => {
    const former = await start();
    dying(former);
    await former.ask('backup.start', { sourceId: photosId });
    await former.look();
    const [run] = await former.ask('runs.list', { limit: 5 });
    if (!run) throw new Error('there was a run');
    const log = join(former.folder, 'runs', `${run.runId}.jsonl`);
    const begun = (await readFile(log, 'utf8')).split('\n').find((line) => line !== '');
    await writeFile(log, `${begun}\n`);
    const world = photosOnly(begin);
    world.snapshots = [...former.world.snapshots];
    world.state = 'password-needed';
    const app = await start(world, former.folder);
    await app.settle();
    expect(await app.ask('runs.list', { limit: 5 })).toMatchObject([{ runId: run.runId, outcome: 'interrupted' }]);
    await app.ask('repositories.unlock', { id: repositoryId, password: worldPassword, remember: false });
    await expect.poll(async () => (await app.ask('runs.list', { limit: 5 }))[0]?.outcome).toBe('done');
  });
});
