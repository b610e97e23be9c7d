import { afterEach, describe, expect, it } from 'vitest';
import { StillpointError } from '../../shared/errors/index.ts';
import { FakeWorld } from './testing/fake-world.ts';
import { simulatedApp } from './testing/simulated-app.ts';
import { documentsId, photosId, repositoryId, worldPassword } from './testing/world-data.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Ten minutes past an hour: a few minutes more reach no full hour. */
const begin = Math.ceil(Date.now() / hour) * hour + 10 * minute;

const apps: Awaited<ReturnType<typeof simulatedApp>>[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) {
    const stopped = app.services.schedule.stop();
    app.services.runs.cancelAll();
    await stopped;
    await app.settle().catch(() => undefined);
    await app.remove();
  }
});

/** One source, so that what is asserted is not about the other. */
function photosOnly(...snapshotTimes: number[]): FakeWorld {
  const world = new FakeWorld();
  world.sources = world.sources.filter(({ id }) => id === photosId);
  for (const at of snapshotTimes) world.addSnapshot(at);
  return world;
}

async function start(world = photosOnly(begin), former?: string) {
  const app = await simulatedApp(world, former);
  app.clock.aheadMs = begin - Date.now();
  apps.push(app);
  await app.services.catchUp();
  app.services.everyday.start();
  await app.services.scheduler.tick();
  await app.services.everyday.look();
  const look = async () => {
    const looks = await app.services.scheduler.tick();
    await app.settle();
    await app.services.everyday.look();
    return looks;
  };
  return {
    ...app,
    look,
    /** The machine sleeps, and everybody looks when it wakes. */
    sleep: async (ms: number) => {
      app.clock.aheadMs += ms;
      app.services.schedule.resumed();
      return look();
    },
    /** Time passes while nobody looks; the grace of a start is over. */
    pass: async (ms: number) => {
      app.clock.aheadMs += ms;
      return look();
    },
  };
}

const photos = async (app: Awaited<ReturnType<typeof start>>) => {
  const source = (await app.ask('sources.list')).find(({ id }) => id === photosId);
  if (!source) throw new Error('Photos are protected');
  return source;
};

describe('a schedule', () => {
  it('makes a run when its time has come, which is a run as any other and says who wanted it', async () => {
    const app = await start();
    expect((await photos(app)).nextRunAt).toBeGreaterThan(app.services.now());
    const looks = await app.pass(61 * minute);
    expect(looks).toMatchObject([{ kind: 'ran', trigger: 'due', result: { outcome: 'done' } }]);
    const [run] = await app.ask('runs.list', { limit: 5 });
    expect(run).toMatchObject({ title: 'Back up Photos', trigger: 'schedule', outcome: 'done', kind: 'backup' });
    expect(app.world.triggers).toEqual(['schedule']);
    expect((await app.ask('timeline.get')).lanes[0]?.snapshots.at(-1)).toMatchObject({ runId: run?.runId });
    expect(await photos(app)).toMatchObject({ health: 'safe', heldBack: '', lateSince: null });
    const log = await app.ask('runs.log', { runId: run?.runId });
    expect(log[0]).toMatchObject({ type: 'run-started', trigger: 'schedule' });
    expect(app.reports).toEqual([]);
  });

  it('plans ahead, and draws no more than a window has use for', async () => {
    const app = await start();
    const [lane] = (await app.ask('timeline.get')).lanes;
    expect(lane?.planned.length).toBeGreaterThan(10);
    expect(lane?.planned.length).toBeLessThanOrEqual(60);
    expect(lane?.planned).toEqual(lane?.planned.toSorted((a, b) => a - b));
    expect(lane?.windows).toEqual([]);
    const { policy } = await photos(app);
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
    expect(await photos(app)).toMatchObject({ heldBack: 'Scheduled backups are paused', nextRunAt: null });
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
    const { policy } = await photos(app);
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
    const { policy } = await photos(app);
    const spec = { kind: 'filesystem' as const, path: '/home/user/Music', excludes: [] };
    await app.ask('sources.add', { name: 'Music', spec, policy });
    await app.pass(6 * minute);
    expect(app.world.triggers).toEqual(['schedule']);
  });

  it('deletes afterwards what is not kept any more, as a run of its own, and none when there is nothing', async () => {
    const world = photosOnly(begin - 40 * day, begin);
    const app = await start(world);
    await app.pass(61 * minute);
    expect((await app.ask('runs.list', { limit: 5 })).map(({ kind }) => kind)).toEqual(['backup']);
    app.world.going = [world.snapshots[0]?.id ?? ''];
    await app.pass(61 * minute);
    const [forget] = await app.ask('runs.list', { limit: 5 });
    expect(forget).toMatchObject({ kind: 'forget', title: 'Delete old snapshots of Photos', outcome: 'done' });
    expect((await app.ask('timeline.get')).lanes[0]?.snapshots).toHaveLength(3);
  });
});

describe('a locked repository', () => {
  it('holds a run back, asks nobody by a dialog, is told by a notice, and the run begins with the password', async () => {
    const app = await start();
    app.world.state = 'password-needed';
    expect(await app.pass(61 * minute)).toMatchObject([{ kind: 'held-back', because: 'repository-locked' }]);
    expect(app.events.filter(({ type }) => type === 'password-needed')).toEqual([]);
    expect(await photos(app)).toMatchObject({
      health: 'waiting',
      healthText: 'Waiting for the password of Backup disk',
      heldBack: 'Waiting for the password of the repository',
    });
    const [notice] = app.desktop.notices.values();
    expect(notice).toMatchObject({ kind: 'waiting-password', actions: [{ id: 'unlock', label: 'Unlock' }] });
    await app.services.notices.act(notice?.id ?? '', 'unlock');
    expect(app.desktop.opened).toEqual([{ kind: 'unlock', repositoryId }]);
    await app.ask('repositories.unlock', { id: repositoryId, password: worldPassword, remember: false });
    expect(await app.look()).toMatchObject([{ kind: 'ran' }]);
    expect(app.desktop.notices.size).toBe(0);
  });

  it('counts as late when it lasts', async () => {
    const app = await start(photosOnly(begin));
    app.world.state = 'password-needed';
    await app.pass(4 * day);
    const source = await photos(app);
    expect(source).toMatchObject({
      health: 'late',
      healthText: 'Late: last good backup 4 days ago. Waiting for the password of Backup disk',
    });
    expect(source.lateSince).toBeLessThan(app.services.now());
    expect([...app.desktop.notices.values()]).toMatchObject([{ kind: 'waiting-password', urgency: 'critical' }]);
  });
});

describe('a disk', () => {
  it('that is not there is told of once it is late; the run begins when it comes, and the disk is to be ejected', async () => {
    const app = await start(photosOnly(begin));
    app.world.state = 'waiting';
    app.world.repositoryFacts = { mountPoint: '' };
    expect(await app.pass(2 * hour)).toMatchObject([{ kind: 'held-back', because: 'repository-absent' }]);
    expect(app.desktop.told).toEqual([]);
    await app.pass(4 * day);
    expect(app.desktop.told).toEqual(['Waiting for Backup disk']);
    await app.look();
    expect(app.desktop.told).toHaveLength(1);

    app.world.state = 'ready';
    app.world.repositoryFacts = {};
    expect(await app.look()).toMatchObject([{ kind: 'ran' }]);
    const [notice, ...others] = app.desktop.notices.values();
    expect(others).toEqual([]);
    expect(notice).toMatchObject({ kind: 'eject', body: 'Eject Backup disk before you unplug it.' });
    await app.services.notices.act(notice?.id ?? '', 'eject');
    expect(app.desktop.ejected).toEqual(['/media/backup']);
    expect(app.world.asked).toContain('repositories.forgetPassword');
    app.world.state = 'waiting';
    app.world.repositoryFacts = { mountPoint: '' };
    await app.services.everyday.look();
    expect([...app.desktop.notices.values()]).toMatchObject([{ kind: 'safe-to-unplug', title: 'Safe to unplug' }]);
  });

  it('is ejected by itself where that is wanted, and is not called safe while it is in use', async () => {
    const app = await start(photosOnly(begin));
    const { policy } = await photos(app);
    await app.ask('sources.setPolicy', { id: photosId, policy: { ...policy, ejectAfterwards: true } });
    app.world.state = 'waiting';
    await app.pass(2 * hour);
    app.world.state = 'ready';
    app.desktop.eject = { safeToUnplug: false, text: 'A program still uses it.' };
    await app.look();
    await expect.poll(() => app.desktop.ejected).toEqual(['/media/backup']);
    await app.services.everyday.look();
    expect([...app.desktop.notices.values()]).toMatchObject([
      { kind: 'eject', title: 'Backup disk is still in use', actions: [{ id: 'eject', label: 'Try again' }] },
    ]);
  });

  it('that was never waited for is nobody’s concern', async () => {
    const app = await start(photosOnly(begin));
    await app.pass(61 * minute);
    expect([app.desktop.ejected, [...app.desktop.notices]]).toEqual([[], []]);
  });

  it('is not ejected under a run', async () => {
    const app = await start();
    app.world.phaseMs = 100;
    await app.ask('backup.start', { sourceId: photosId });
    await expect(app.ask('repositories.eject', { id: repositoryId })).rejects.toMatchObject({ kind: 'busy' });
  });
});

describe('what is told', () => {
  const fail = (app: Awaited<ReturnType<typeof start>>) => {
    app.world.overrides['backup.run'] = async () => {
      throw new StillpointError({ kind: 'io', message: 'The disk has an error.', guidance: 'Look at its cable.' });
    };
  };

  it('is a failure once, however often it is tried again, until it is over', async () => {
    const app = await start();
    fail(app);
    await app.pass(2 * hour);
    await app.pass(5 * hour);
    expect(app.desktop.told).toEqual(['Photos was not backed up']);
    const [notice] = app.desktop.notices.values();
    expect(notice).toMatchObject({ body: 'The disk has an error. Look at its cable.', kind: 'failed' });
    delete app.world.overrides['backup.run'];
    await app.services.notices.act(notice?.id ?? '', 'back-up-now');
    await app.settle();
    await app.services.everyday.look();
    expect(await photos(app)).toMatchObject({ health: 'safe' });
    expect(app.desktop.notices.size).toBe(0);
    fail(app);
    await app.pass(2 * hour);
    expect(app.desktop.told).toHaveLength(2);
  });

  it('stays away when it was dismissed, after a restart too', async () => {
    const app = await start();
    fail(app);
    await app.pass(2 * hour);
    app.services.notices.dismiss(`failed:${photosId}`);
    await app.pass(3 * hour);
    expect(app.desktop.told).toHaveLength(1);
    await app.services.schedule.stop();
    const world = photosOnly();
    const again = await start(world, app.folder);
    again.clock.aheadMs = app.clock.aheadMs;
    fail(again);
    await again.pass(2 * hour);
    expect(again.desktop.told).toEqual([]);
  });

  it('is nothing in the first minutes, while a catch-up may make it good', async () => {
    const world = photosOnly(begin - 9 * day);
    const noon = new Date(begin + 12 * hour).toTimeString().slice(0, 5);
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
    world.sources = world.sources.map((source) => ({
      ...source,
      policy: { ...source.policy, schedule: { kind: 'daily', at: [noon], days: [...days] } },
    }));
    const app = await start(world);
    expect(await photos(app)).toMatchObject({ health: 'late', healthText: 'Late: last good backup 9 days ago' });
    await app.pass(10 * minute);
    expect(app.desktop.told).toEqual([]);
    await app.pass(6 * minute);
    expect(app.desktop.told).toEqual(['Photos is late']);
  });

  it('is a success only where that is wanted', async () => {
    const app = await start();
    await app.pass(61 * minute);
    expect(app.desktop.told).toEqual([]);
    await app.ask('settings.set', { notifySuccess: true });
    await app.pass(61 * minute);
    expect(app.desktop.told).toEqual(['Photos was backed up']);
  });
});

describe('the tray', () => {
  it('says what is going on, and backs up all', async () => {
    const world = new FakeWorld([begin - minute]);
    world.addSnapshot(begin - minute, world.sources[1]);
    const app = await start(world);
    expect(app.desktop.tray).toMatchObject({ icon: 'safe' });
    await app.services.tray.act({ kind: 'back-up-all' });
    await app.services.everyday.look();
    expect(app.desktop.tray).toMatchObject({ icon: 'running' });
    await app.services.runs.idle();
    await app.services.everyday.look();
    expect(app.desktop.tray?.tooltip).toMatch(
      /^Stillpoint\nAll 2 are safe\nLast backup just now\nNext (tomorrow )?\d\d:00$/,
    );
    expect(app.world.triggers).toEqual(['person', 'person']);
    expect(new Set((await app.ask('runs.list', { limit: 5 })).map(({ sourceId }) => sourceId))).toEqual(
      new Set([photosId, documentsId]),
    );
  });

  it('begins at login once something is protected, and not again when that was taken back', async () => {
    const app = await start();
    app.services.schedule.start();
    await expect.poll(() => app.desktop.atLogin).toBe(true);
    expect(await app.ask('schedule.state')).toMatchObject({ startsAtLogin: true, tray: true });
    await app.ask('settings.set', { startAtLogin: false });
    expect(app.desktop.atLogin).toBe(false);
    await app.services.autostart.somethingIsProtected();
    expect(app.desktop.atLogin).toBe(false);
  });
});

describe('somebody who is away', () => {
  const channel = {
    kind: 'ntfy' as const,
    id: 'phone',
    enabled: true,
    server: 'https://ntfy.example',
    topic: 'backups',
  };
  const check = { kind: 'healthchecks' as const, id: 'check', enabled: true, name: 'Backups' };
  const events = (app: Awaited<ReturnType<typeof start>>) => app.sent.alerts.map(({ event }) => event);
  const settled = async (app: Awaited<ReturnType<typeof start>>) => {
    await app.services.everyday.look();
    await app.services.alerts.settled();
  };

  it('is told of a failure once, and that it is over; a watcher hears of success', async () => {
    const app = await start();
    await app.ask('alerts.save', { channel, secret: 'token' });
    await app.ask('alerts.save', { channel: check, secret: 'https://hc.example/ping/1234' });
    app.world.overrides['backup.run'] = async () => {
      throw new StillpointError({ kind: 'io', message: 'The disk has an error.', guidance: 'Look at its cable.' });
    };
    await app.pass(2 * hour);
    await app.pass(3 * hour);
    await settled(app);
    expect(events(app)).toEqual(['failed', 'failed']);
    delete app.world.overrides['backup.run'];
    await app.pass(3 * hour);
    await settled(app);
    const heard = (id: string) => events(app).filter((_event, at) => app.sent.channels[at] === id);
    expect(heard('phone')).toEqual(['failed', 'recovered']);
    expect(heard('check').toSorted()).toEqual(['failed', 'recovered', 'succeeded']);
    expect(await app.ask('alerts.list')).toMatchObject([
      { channel, hasSecret: true, secretIsKept: false, lastResult: 'Taken.', lastFailed: false },
      { channel: check },
    ]);
  });

  it('is told after a restart what could not be sent before', async () => {
    const app = await start();
    await app.ask('alerts.save', { channel });
    app.sent.fails = new StillpointError({ kind: 'io', message: 'No network.', guidance: '', retryable: true });
    app.world.state = 'waiting';
    await app.pass(5 * day);
    await settled(app);
    expect(await app.ask('alerts.list')).toMatchObject([
      { lastFailed: true, lastResult: 'No network. A message waits to be sent.' },
    ]);
    await app.services.schedule.stop();
    const again = await start(photosOnly(begin), app.folder);
    again.world.state = 'waiting';
    again.clock.aheadMs = app.clock.aheadMs + hour;
    await settled(again);
    expect(events(again)).toEqual(['late']);
  });

  it('is sent a test before anything is saved, and hears what was wrong', async () => {
    const app = await start();
    expect(await app.ask('alerts.test', { channel, secret: 'token' })).toEqual({ answer: 'Taken.' });
    expect(events(app)).toEqual(['test']);
    app.sent.fails = new StillpointError({
      kind: 'not-permitted',
      message: 'Wrong token.',
      guidance: 'Enter it again.',
    });
    await expect(app.ask('alerts.test', { channel })).rejects.toMatchObject({ message: 'Wrong token.' });
    expect(await app.ask('alerts.list')).toEqual([]);
  });

  it('a secret is sent to no other server than the one it was entered for', async () => {
    const app = await start();
    await app.ask('alerts.save', { channel, secret: 'token' });
    const elsewhere = { ...channel, server: 'https://evil.example' };
    for (const method of ['alerts.test', 'alerts.save'] as const) {
      await expect(app.ask(method, { channel: elsewhere })).rejects.toMatchObject({
        kind: 'bad-input',
        field: 'secret',
      });
    }
    expect(app.sent.alerts).toEqual([]);
    await app.ask('alerts.save', { channel: { ...channel, topic: 'other' } });
    expect(await app.ask('alerts.remove', { id: 'phone' })).toEqual([]);
  });
});
