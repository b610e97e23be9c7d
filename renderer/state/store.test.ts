import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StillpointError } from '../../shared/errors/index.ts';
import { fakeBridge } from '../testing/bridge/fake-bridge.ts';
import { fail, type Handlers, type Stage } from '../testing/bridge/handlers.ts';
import { repositoryIdOf, runIdOf } from '../testing/model/ids.ts';
import { plans } from '../testing/model/plans.ts';
import { emptyRun } from '../testing/model/runs.ts';
import { buildScene } from '../testing/model/scenes.ts';
import { ask } from './ask.ts';
import { connect } from './connect.ts';
import type { Place } from './open-place.ts';
import { putRun } from './put-run.ts';
import { useStore } from './store.ts';

const now = new Date(2026, 10, 20, 9, 41).getTime();
const initial = useStore.getState();
let stop: (() => void) | undefined;

async function start(overrides: Handlers = {}): Promise<Stage> {
  const { bridge, stage } = fakeBridge(buildScene('normal', now), () => now, overrides);
  vi.stubGlobal('window', { stillpoint: bridge });
  stop = await connect();
  return stage;
}

beforeEach(() => useStore.setState(initial, true));
afterEach(() => {
  stop?.();
  stop = undefined;
  vi.unstubAllGlobals();
});

describe('connect', () => {
  it('loads everything the views share', async () => {
    await start();
    const state = useStore.getState();
    expect(state.sources?.length).toBe(5);
    expect(state.lanes?.length).toBe(6);
    expect(state.repositories?.length).toBe(1);
    expect(state.runs?.length).toBeGreaterThan(10);
    expect(state.info?.hostname).toBe('kestrel');
    expect(state.settings?.version).toBe(1);
  });

  it('asks again for what main says has changed', async () => {
    const stage = await start();
    stage.world.sources = stage.world.sources.slice(0, 2);
    stage.emit({ type: 'changed', topics: ['sources'] });
    await vi.waitFor(() => expect(useStore.getState().sources?.length).toBe(2));
  });

  it('throws what main could not answer, with its guidance, and hears nothing afterwards', async () => {
    const failing = start({
      'settings.get': () => {
        throw fail('settings-damaged', 'The settings cannot be read.', 'Put them back from a backup.');
      },
    });
    await expect(failing).rejects.toMatchObject({ kind: 'settings-damaged', guidance: 'Put them back from a backup.' });
    await expect(failing).rejects.toBeInstanceOf(StillpointError);
  });

  it('passes commands of the menu on, the same one twice too', async () => {
    const stage = await start();
    stage.emit({ type: 'command', command: 'back-up-now' });
    const first = useStore.getState().command;
    stage.emit({ type: 'command', command: 'back-up-now' });
    expect(first?.name).toBe('back-up-now');
    expect(useStore.getState().command).not.toBe(first);
  });
});

describe('places a notification leads to', () => {
  it('are opened, each in its own way', async () => {
    const stage = await start();
    const open = (place: Place): void => stage.emit({ type: 'open', place });
    const [photos] = stage.world.sources.filter(({ name }) => name === 'Photos');
    const [repository] = stage.world.repositories;
    if (photos === undefined || repository === undefined) throw new Error('the scene has changed');

    open({ kind: 'settings' });
    expect(useStore.getState().view).toEqual({ name: 'settings' });
    open({ kind: 'source', sourceId: photos.id });
    expect(useStore.getState()).toMatchObject({
      view: { name: 'main' },
      selectedSourceId: photos.id,
      selectedSnapshot: null,
      detailsShown: true,
    });
    open({ kind: 'repository', repositoryId: repository.id });
    expect(useStore.getState().view).toEqual({ name: 'repositories', repositoryId: repository.id });
    open({ kind: 'run', runId: runIdOf('led to') });
    expect(useStore.getState().view).toEqual({ name: 'activity', runId: runIdOf('led to') });
    open({ kind: 'unlock', repositoryId: repository.id });
    expect(useStore.getState().passwordRequest?.repositoryId).toBe(repository.id);
  });
});

describe('the schedule', () => {
  it('is paused and resumed, and heard of when somebody else does', async () => {
    const stage = await start();
    expect(useStore.getState().schedule?.pausedUntil).toBeNull();
    await useStore.getState().pauseSchedule('forever');
    expect(stage.world.schedule.pausedUntil).toBe('forever');
    stage.world.schedule = { ...stage.world.schedule, pausedUntil: null };
    stage.emit({ type: 'changed', topics: ['schedule'] });
    await vi.waitFor(() => expect(useStore.getState().schedule?.pausedUntil).toBeNull());
  });

  it('that main cannot tell does not keep the window from opening', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await start({
      'schedule.state': () => {
        throw fail('internal', 'no scheduler', '');
      },
    });
    expect(useStore.getState().schedule).toBeNull();
    expect(useStore.getState().sources?.length).toBe(5);
    expect(warn).toHaveBeenCalled();
    warn.mockRestore();
  });

  it('holds still without asking once that is allowed, and no longer when it is taken back', async () => {
    await start();
    await useStore.getState().allowStillPoints(false);
    expect(useStore.getState().info?.helper.scheduledStillPoints).toBe(false);
    await useStore.getState().allowStillPoints(true);
    expect(useStore.getState().info?.helper.scheduledStillPoints).toBe(true);
  });
});

describe('channels', () => {
  it('are saved, kept in step with main, and removed', async () => {
    const stage = await start();
    const channel = { kind: 'webhook', id: 'webhook-1', enabled: true, name: '' } as const;
    await useStore.getState().saveAlert(channel, 'https://hooks.example/abc');
    expect(useStore.getState().alerts).toMatchObject([{ channel, hasSecret: true }]);
    await useStore.getState().saveAlert({ ...channel, name: 'Pager' }, null);
    expect(useStore.getState().alerts).toMatchObject([{ channel: { name: 'Pager' }, hasSecret: true }]);
    stage.world.alerts = [];
    stage.emit({ type: 'changed', topics: ['alerts'] });
    await vi.waitFor(() => expect(useStore.getState().alerts).toEqual([]));
  });
});

describe('runs', () => {
  const run = emptyRun(plans.documents, runIdOf('store test'), now);

  it('begin as a card when they begin while the window looks', async () => {
    const stage = await start();
    stage.emit({ type: 'run', run });
    const state = useStore.getState();
    expect(state.runs?.[0]?.runId).toBe(run.runId);
    expect(state.watchedRuns.has(run.runId)).toBe(true);
  });

  it('stay folded when they were going on before', async () => {
    const stage = await start({ 'runs.list': () => [run] });
    expect(useStore.getState().watchedRuns.has(run.runId)).toBe(false);
    stage.emit({ type: 'run', run: { ...run, phase: 'store' } });
    expect(useStore.getState().watchedRuns.has(run.runId)).toBe(false);
    useStore.getState().watchRun(run.runId, true);
    expect(useStore.getState().watchedRuns.has(run.runId)).toBe(true);
  });

  it('keep their place in the list when they change, newest first', () => {
    const older = emptyRun(plans.documents, runIdOf('older'), now - 1000);
    const list = putRun([older], run);
    expect(list.map(({ runId }) => runId)).toEqual([run.runId, older.runId]);
    const changed = putRun(list, { ...older, phase: 'store' });
    expect(changed.map(({ runId }) => runId)).toEqual([run.runId, older.runId]);
    expect(changed[1]?.phase).toBe('store');
  });
});

describe('settings', () => {
  it('show a change at once, and take it back when it cannot be stored', async () => {
    await start({
      'settings.set': () => {
        throw fail('io', 'The disk is full.', 'Free some space.');
      },
    });
    const before = useStore.getState().settings?.theme;
    const changing = useStore.getState().changeSettings({ theme: 'dark' });
    expect(useStore.getState().settings?.theme).toBe('dark');
    await expect(changing).rejects.toMatchObject({ kind: 'io' });
    expect(useStore.getState().settings?.theme).toBe(before);
  });
});

describe('ask', () => {
  it('opens the unlock dialog where a password is missing, and still throws', async () => {
    const repositoryId = repositoryIdOf('Backup disk');
    await start({
      'repositories.keys': () => {
        throw fail('password-needed', 'The repository is locked.', 'Give its password.');
      },
    });
    await expect(ask('repositories.keys', { id: repositoryId })).rejects.toMatchObject({ kind: 'password-needed' });
    expect(useStore.getState().passwordRequest?.repositoryId).toBe(repositoryId);
  });

  it('knows the repository of a source that is to be backed up', async () => {
    await start({
      'backup.start': () => {
        throw fail('password-needed', 'The repository is locked.', 'Give its password.');
      },
    });
    const [source] = useStore.getState().sources ?? [];
    if (source === undefined) throw new Error('the scene has no sources');
    await expect(ask('backup.start', { sourceId: source.id })).rejects.toMatchObject({ kind: 'password-needed' });
    expect(useStore.getState().passwordRequest?.repositoryId).toBe(source.policy.repositoryId);
  });

  it('closes the dialog once the password was right, and keeps it open while it is wrong', async () => {
    await start();
    const repositoryId = repositoryIdOf('Backup disk');
    const { needPassword, unlock } = useStore.getState();
    needPassword({ repositoryId, reason: '' });
    await expect(unlock(repositoryId, { password: 'wrong' }, false)).rejects.toMatchObject({ kind: 'wrong-password' });
    expect(useStore.getState().passwordRequest).not.toBeNull();
    await unlock(repositoryId, { password: 'right' }, false);
    expect(useStore.getState().passwordRequest).toBeNull();
  });
});

describe('views', () => {
  it('lead back the way they came, and end at the timeline', () => {
    const { open, back } = useStore.getState();
    open({ name: 'settings' });
    open({ name: 'search', text: 'a' });
    open({ name: 'search', text: 'ab' });
    expect(useStore.getState().view).toEqual({ name: 'search', text: 'ab' });
    back();
    expect(useStore.getState().view.name).toBe('settings');
    back();
    expect(useStore.getState().view.name).toBe('main');
    back();
    expect(useStore.getState().view.name).toBe('main');
  });
});

describe('selection', () => {
  it('of a snapshot selects its source; of another lane’s leaves the source', async () => {
    await start();
    const [lane] = useStore.getState().lanes ?? [];
    const mark = lane?.snapshots.at(-1);
    if (lane === undefined || mark === undefined) throw new Error('the scene has no snapshots');
    useStore.getState().selectSnapshot({ repositoryId: mark.repositoryId, snapshotId: mark.id }, lane.key);
    expect(useStore.getState().selectedSourceId).toBe(lane.sourceId);
    const foreign = useStore.getState().lanes?.find(({ sourceId }) => sourceId === null);
    useStore.getState().selectSnapshot(null, foreign?.key ?? null);
    expect(useStore.getState().selectedSourceId).toBe(lane.sourceId);
    expect(useStore.getState().selectedLaneKey).toBe(foreign?.key);
  });
});

describe('alerts', () => {
  it('keep what a test answered before its channel was added, until the channel is removed', async () => {
    await start();
    const channel = { id: 'ntfy-9', kind: 'ntfy', server: 'https://ntfy.example', topic: 'x', enabled: true } as const;
    await useStore.getState().saveAlert(channel, null, 'The server answered 200 OK.');
    await useStore.getState().saveAlert({ ...channel, enabled: false }, null);
    expect(useStore.getState().alertTests.get('ntfy-9')).toBe('The server answered 200 OK.');
    await useStore.getState().removeAlert('ntfy-9');
    expect(useStore.getState().alertTests.has('ntfy-9')).toBe(false);
  });
});
