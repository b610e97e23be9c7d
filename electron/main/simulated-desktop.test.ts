import { afterEach, describe, expect, it } from 'vitest';
import { StillpointError } from '../../shared/errors/index.ts';
import { begin, day, type EverydayApp, everydayApps, hour, minute, photosOnly } from './testing/everyday-app.ts';
import { FakeWorld } from './testing/fake-world.ts';
import { documentsId, photosId, repositoryId } from './testing/world-data.ts';

const start = everydayApps(afterEach);

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
    app.clock.aheadMs += 20 * minute;
    await app.services.everyday.look();
    expect(app.desktop.notices.size).toBe(0);
  });

  it('is ejected by itself where that is wanted, and is not called safe while it is in use', async () => {
    const app = await start(photosOnly(begin));
    const { policy } = await app.photos();
    await app.ask('sources.setPolicy', { id: photosId, policy: { ...policy, ejectAfterwards: true } });
    app.world.state = 'waiting';
    await app.pass(2 * hour);
    app.world.state = 'ready';
    app.desktop.eject = { safeToUnplug: false, text: 'A program still uses it.' };
    await app.look();
    await expect.poll(() => app.desktop.ejected).toEqual(['/media/backup']);
    await app.services.everyday.look();
    expect([...app.desktop.notices.values()]).toMatchObject([
      { kind: 'eject', title: 'Backup disk was not ejected', actions: [{ id: 'eject', label: 'Try again' }] },
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
  const fail = (app: EverydayApp) => {
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
    expect(await app.photos()).toMatchObject({ health: 'safe' });
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
    expect(await app.photos()).toMatchObject({ health: 'late', healthText: 'Last good backup 9 days ago' });
    await app.pass(10 * minute);
    expect(app.desktop.told).toEqual([]);
    await app.pass(6 * minute);
    expect(app.desktop.told).toEqual(['Photos is late']);
  });

  it('is that nothing can be backed up, and who is late all the same', async () => {
    const world = photosOnly(begin - 9 * day);
    const former = await start(world);
    const missing = new FakeWorld();
    missing.missing = 'A part of Stillpoint is missing';
    const app = await start(missing, former.folder);
    expect(app.desktop.tray).toMatchObject({ icon: 'failed' });
    expect([...app.desktop.notices.values()]).toMatchObject([
      { kind: 'cannot-run', body: 'A part of Stillpoint is missing.' },
    ]);
    missing.remembered = world.sources;
    for (const snapshot of world.snapshots) app.catalog.snapshots.set(snapshot.id, snapshot);
    app.services.drawn.invalidate();
    app.clock.aheadMs += 20 * minute;
    await app.services.everyday.look();
    expect(app.desktop.told).toEqual(['Nothing can be backed up', 'Photos is late']);
    missing.missing = '';
    missing.sources = [];
    await app.services.everyday.look();
    expect(app.desktop.notices.size).toBe(0);
  });

  it('is that a repository fills up, thirty days ahead', async () => {
    const app = await start(photosOnly(...Array.from({ length: 20 }, (_, n) => begin - (19 - n) * day)));
    const [before] = await app.ask('repositories.list');
    expect(before?.growthPerDay).toBeGreaterThan(13_000_000);
    expect(before?.growthPerDay).toBeLessThan(16_000_000);
    expect(app.desktop.told).toEqual([]);
    app.world.repositoryFacts = { freeBytes: 20 * 14_100_000 };
    await app.pass(16 * minute);
    const [after] = await app.ask('repositories.list');
    expect(after?.fullAt).toBeLessThan(begin + 30 * day);
    expect([...app.desktop.notices.values()]).toMatchObject([{ kind: 'full-soon', actions: [{ id: 'free-space' }] }]);
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
