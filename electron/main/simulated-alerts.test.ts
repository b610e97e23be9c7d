import { afterEach, describe, expect, it, vi } from 'vitest';
import { StillpointError } from '../../shared/errors/index.ts';
import { newRun } from './jobs/fold-run.ts';
import { begin, day, type EverydayApp, everydayApps, hour, photosOnly } from './testing/everyday-app.ts';
import { photosId, repositoryId, runId } from './testing/world-data.ts';

const start = everydayApps(afterEach);

describe('somebody who is away', () => {
  const channel = {
    kind: 'ntfy' as const,
    id: 'phone',
    enabled: true,
    server: 'https://ntfy.example',
    topic: 'backups',
  };
  const check = { kind: 'healthchecks' as const, id: 'check', enabled: true, name: 'Backups' };
  const events = (app: EverydayApp) => app.sent.alerts.map(({ event }) => event);
  const settled = async (app: EverydayApp) => {
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

  it.each(['snapshots.list', 'snapshots.evidence'] as const)(
    'is told nothing of a run until its snapshot is known: %s',
    async (held) => {
      const app = await start(photosOnly());
      await app.ask('alerts.save', { channel });
      await app.ask('alerts.save', { channel: check, secret: 'https://hc.example/ping/1234' });
      app.world.overrides['backup.run'] = async () => {
        throw new StillpointError({ kind: 'io', message: 'The disk has an error.', guidance: 'Look at its cable.' });
      };
      await app.pass(2 * hour);
      await settled(app);
      expect(events(app)).toEqual(['failed', 'failed']);
      delete app.world.overrides['backup.run'];

      const call: typeof app.world.call = app.world.call.bind(app.world);
      const gate = Promise.withResolvers<void>();
      let isPublished = false;
      let waiting = 0;
      app.world.onPublished = () => {
        isPublished = true;
      };
      app.world.call = async (name, params, options) => {
        if (name === held && isPublished) {
          waiting += 1;
          await gate.promise;
        }
        return call(name, params, options);
      };
      const passed = app.pass(3 * hour);
      await vi.waitFor(() => {
        expect(waiting).toBeGreaterThan(0);
        expect(app.services.runs.active).toEqual([]);
      });
      await settled(app);
      expect(events(app)).toEqual(['failed', 'failed']);
      gate.resolve();
      await passed;
      await settled(app);
      const heard = (id: string) => events(app).filter((_event, at) => app.sent.channels[at] === id);
      expect(heard('phone')).toEqual(['failed', 'recovered']);
      expect(heard('check').toSorted()).toEqual(['failed', 'recovered', 'succeeded']);
    },
  );

  it('a watcher hears of a success also when its end came while nothing could be said yet', async () => {
    const app = await start();
    await app.ask('alerts.save', { channel: check, secret: 'https://hc.example/ping/1234' });
    const { alerts } = app.services;
    const about = {
      runId: runId(9),
      kind: 'backup',
      title: 'Back up Photos',
      sourceId: photosId,
      repositoryId,
    } as const;
    alerts.ended({ ...newRun({ ...about, askedAt: '2026-01-01T10:00:00Z', trigger: 'person' }), outcome: 'done' });
    const photos = await app.photos();
    const facts = { repositories: [], latestBackups: [], now: app.services.now() };
    await alerts.look({ ...facts, sources: [{ ...photos, health: 'new' }], mayCatchUp: new Set([photosId]) });
    await alerts.look({ ...facts, sources: [{ ...photos, health: 'safe' }], mayCatchUp: new Set() });
    await alerts.settled();
    expect(events(app)).toEqual(['succeeded']);
  });

  it('is told of what is late although a disk hangs while it is read', async () => {
    const app = await start();
    await app.ask('alerts.save', { channel });
    const hangs = Promise.withResolvers<never>();
    app.world.overrides['snapshots.list'] = () => hangs.promise;
    const read = app.services.sync.repository(repositoryId);
    app.clock.aheadMs += 5 * day;
    await settled(app);
    expect(events(app)).toEqual([]);
    app.clock.aheadMs += hour;
    await settled(app);
    expect(events(app)).toEqual(['late']);
    hangs.reject(new StillpointError({ kind: 'io', message: 'The disk is gone.', guidance: '' }));
    await expect(read).rejects.toThrow('The disk is gone.');
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
