import { afterEach, describe, expect, it } from 'vitest';
import type { RunId } from '../../shared/domain/ids.ts';
import { StillpointError } from '../../shared/errors/index.ts';
import type { RunView } from '../../shared/ipc/runs.ts';
import { FakeWorld } from './testing/fake-world.ts';
import { simulatedApp } from './testing/simulated-app.ts';
import { documentsId, photosId, repositoryId, worldPassword } from './testing/world-data.ts';

const apps: Awaited<ReturnType<typeof simulatedApp>>[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) {
    app.services.runs.cancelAll();
    await app.settle().catch(() => undefined);
    await app.remove();
  }
});

async function start(world?: FakeWorld, former?: string) {
  const app = await simulatedApp(world, former);
  apps.push(app);
  await app.services.catchUp();
  return app;
}

const ended = (app: Awaited<ReturnType<typeof start>>, runId: string): Promise<RunView> =>
  expect
    .poll(async () => (await app.ask('runs.get', { runId }))?.outcome, { timeout: 4_000 })
    .not.toBeNull()
    .then(async () => (await app.ask('runs.get', { runId })) as RunView);

describe('a backup', () => {
  it('goes from the click to the timeline, its log and its proof', async () => {
    const app = await start();
    const { runId } = await app.ask('backup.start', { sourceId: photosId });
    expect(await ended(app, runId)).toMatchObject({ outcome: 'done', level: 'filesystem', title: 'Back up Photos' });
    await app.settle();
    const lane = (await app.ask('timeline.get')).lanes[0];
    expect(lane).toMatchObject({ key: photosId, detail: 'ext4 · copied ahead, then held', snapshots: [{ runId }] });
    const [snapshot] = lane?.snapshots ?? [];
    const details = await app.ask('snapshots.details', { repositoryId, snapshotId: snapshot?.id });
    expect(details).toMatchObject({ run: { runId }, evidence: { level: 'filesystem' } });
    const log = await app.ask('runs.log', { runId });
    expect([log[0]?.type, log.at(-1)?.type]).toEqual(['run-started', 'run-finished']);
    expect((await app.ask('sources.list'))[0]).toMatchObject({ health: 'safe', runningRunId: null });
    expect(app.reports).toEqual([]);
  });

  it('is one backup for two clicks, and is seen running meanwhile', async () => {
    const app = await start();
    app.world.phaseMs = 50;
    const first = await app.ask('backup.start', { sourceId: photosId });
    const second = await app.ask('backup.start', { sourceId: photosId });
    expect(second).toEqual(first);
    expect((await app.ask('sources.list'))[0]).toMatchObject({ health: 'running', runningRunId: first.runId });
    expect((await app.ask('runs.list', { limit: 5 })).map(({ runId }) => runId)).toEqual([first.runId]);
  });

  it('waits for another one that writes to the same repository', async () => {
    const app = await start();
    app.world.phaseMs = 20;
    const first = await app.ask('backup.start', { sourceId: photosId });
    const second = await app.ask('backup.start', { sourceId: documentsId });
    expect(await app.ask('runs.get', { runId: second.runId })).toMatchObject({
      summary: 'Waiting to begin.',
      phase: null,
    });
    const both = [await ended(app, first.runId), await ended(app, second.runId)];
    const [one, two] = both.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
    expect(Date.parse(two?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(one?.finishedAt ?? ''));
  });

  it('can be cancelled, under way and while it waits', async () => {
    const app = await start();
    app.world.phaseMs = 200;
    const first = await app.ask('backup.start', { sourceId: photosId });
    const second = await app.ask('backup.start', { sourceId: documentsId });
    await app.ask('runs.cancel', { runId: second.runId });
    expect(await ended(app, second.runId)).toMatchObject({ outcome: 'cancelled', error: null });
    await app.ask('runs.cancel', { runId: first.runId });
    expect(await ended(app, first.runId)).toMatchObject({ outcome: 'cancelled', snapshotId: null });
    await expect(app.ask('runs.cancel', { runId: 'f'.repeat(32) })).rejects.toMatchObject({ kind: 'unknown-run' });
  });

  it('tells progress at most ten times a second, and every phase', async () => {
    const app = await start();
    app.world.overrides['backup.run'] = async ({ runId }, emit) => {
      const at = new Date().toISOString();
      const progress = {
        files: 0,
        totalFiles: null,
        totalBytes: null,
        current: '',
        bytesPerSecond: null,
        secondsLeft: null,
      };
      for (let bytes = 0; bytes < 2_000; bytes += 1) {
        await emit({ type: 'progress', runId, at, phase: 'store', progress: { ...progress, bytes } });
      }
      throw new StillpointError({ kind: 'repository-full', message: 'Full.', guidance: 'Free some.' });
    };
    const { runId } = await app.ask('backup.start', { sourceId: photosId });
    expect(await ended(app, runId)).toMatchObject({
      outcome: 'failed',
      bytes: 1_999,
      error: { kind: 'repository-full' },
    });
    expect(app.events.filter(({ type }) => type === 'run').length).toBeLessThan(10);
    expect((await app.ask('runs.log', { runId })).length).toBeLessThan(10);
  });
});

describe('something that is missing is waited for', () => {
  it('a password, which the window is asked for', async () => {
    const app = await start();
    app.world.state = 'password-needed';
    const { runId } = await app.ask('backup.start', { sourceId: photosId });
    expect(await ended(app, runId)).toMatchObject({ outcome: 'waiting', error: { kind: 'password-needed' } });
    await app.settle().catch(() => undefined);
    expect(app.events).toContainEqual({
      type: 'password-needed',
      repositoryId,
      reason: 'Its password is needed to back up Photos.',
    });
    expect((await app.ask('sources.list'))[0]).toMatchObject({ health: 'waiting' });
    expect(app.world.asked).not.toContain('backup.run');
    await expect(
      app.ask('repositories.unlock', { id: repositoryId, password: 'no', remember: false }),
    ).rejects.toMatchObject({ kind: 'wrong-password' });
    await app.ask('repositories.unlock', { id: repositoryId, password: worldPassword, remember: false });
    const again = await app.ask('backup.start', { sourceId: photosId });
    expect(await ended(app, again.runId)).toMatchObject({ outcome: 'done' });
  });

  it('a disk', async () => {
    const app = await start();
    app.world.state = 'waiting';
    const { runId } = await app.ask('backup.start', { sourceId: photosId });
    expect(await ended(app, runId)).toMatchObject({ outcome: 'waiting', error: { kind: 'repository-absent' } });
    expect(app.events.filter(({ type }) => type === 'password-needed')).toEqual([]);
  });

  it('but a password that is known is given again, after a restart of the helper or a disk that came back', async () => {
    const app = await start();
    await app.ask('repositories.unlock', { id: repositoryId, password: worldPassword, remember: true });
    app.world.addSnapshot(Date.now());
    app.world.state = 'password-needed';
    expect(await app.ask('repositories.list')).toMatchObject([{ state: 'ready', passwordRemembered: false }]);
    app.world.state = 'password-needed';
    await app.services.access.call('snapshots.list', { repositoryId, offset: 0, limit: 1 });
    expect(app.world.state).toBe('ready');
  });

  it('and one that is not right any more is forgotten', async () => {
    const app = await start();
    await app.passwords.remember(repositoryId, 'old', false);
    app.world.state = 'password-needed';
    expect(await app.ask('repositories.list')).toMatchObject([{ state: 'password-needed' }]);
    expect(app.passwords.get(repositoryId)).toBeUndefined();
  });
});

describe('the catalog', () => {
  it('is filled at the start, evidence and paths included', async () => {
    const app = await start(new FakeWorld([1_000, 2_000, 3_000]));
    await app.settle();
    expect(app.catalog.snapshots.size).toBe(3);
    expect([...app.catalog.evidence.values()].every((evidence) => evidence?.level === 'filesystem')).toBe(true);
    expect(app.catalog.indexed.size).toBe(3);
    expect(await app.ask('repositories.list')).toMatchObject([{ snapshots: 3 }]);
  });

  it('is rebuilt from repositories and logs', async () => {
    const app = await start(new FakeWorld([1_000]));
    const { runId } = await app.ask('backup.start', { sourceId: photosId });
    await ended(app, runId);
    await app.settle();
    expect(await app.ask('catalog.rebuild')).toEqual({ snapshots: 2 });
    expect(await app.ask('runs.get', { runId })).toMatchObject({ outcome: 'done' });
    expect((await app.ask('timeline.get')).lanes[0]?.snapshots).toHaveLength(2);
  });

  it('does not count paths as indexed that it did not take', async () => {
    const app = await start();
    const take = app.catalog.addPaths.bind(app.catalog);
    app.catalog.addPaths = () => Promise.reject(new Error('crashed'));
    app.world.addSnapshot(1_000);
    await app.settle();
    app.services.indexing.kick();
    await app.services.indexing.settled();
    expect(app.catalog.indexed.size).toBe(0);
    app.catalog.addPaths = take;
    app.services.indexing.kick();
    await app.services.indexing.settled();
    expect(app.catalog.indexed.size).toBe(1);
  });

  it('does not read paths while a run is under way', async () => {
    const app = await start();
    app.world.phaseMs = 100;
    await app.ask('backup.start', { sourceId: photosId });
    app.world.addSnapshot(1_000);
    await app.services.sync.all();
    app.services.indexing.kick();
    await app.services.indexing.settled();
    expect(app.world.asked).not.toContain('snapshots.paths');
    app.services.runs.cancelAll();
    await app.services.runs.idle();
    await expect.poll(() => app.catalog.indexed.size).toBe(1);
  });
});

it('finds a run that a former start did not finish, and says so once', async () => {
  const former = await start();
  const runId = 'd'.repeat(32) as RunId;
  const at = '2025-11-20T02:00:00.000Z';
  const ids = { runId, sourceId: photosId, repositoryId };
  await former.logs.append(runId, {
    ...{ type: 'run-started', ...ids, at, kind: 'backup', askedAt: at, title: 'Back up Photos', trigger: 'person' },
  });
  await former.logs.append(runId, { type: 'phase-started', runId, at, phase: 'scan' });
  const app = await start(new FakeWorld(), former.folder);
  expect(await app.ask('runs.get', { runId })).toMatchObject({ outcome: 'interrupted', kind: 'backup' });
  expect((await app.ask('runs.log', { runId })).filter(({ type }) => type === 'run-finished')).toHaveLength(1);
});

describe('putting back', () => {
  const point = { repositoryId, snapshotId: '5'.repeat(64), instant: null };

  it('begins at once where nothing asks', async () => {
    const app = await start();
    const put = await app.ask('restore.putBack', { point, selection: [] });
    expect(put).toMatchObject({ kind: 'started' });
    const runId = put.kind === 'started' ? put.runId : '';
    expect(await ended(app, runId)).toMatchObject({
      kind: 'restore',
      outcome: 'done',
      title: 'Put back to /home/user/Photos',
    });
  });

  it('asks where something would be lost, and touches nothing', async () => {
    const app = await start();
    app.world.overrides['restore.plan'] = (request) => ({
      planId: 'p',
      request,
      targetPath: '/home',
      targets: ['/home'],
      counts: { add: 0, replace: 1, metadata: 0, delete: 0, same: 0 },
      keptNewer: 0,
      bytesToWrite: 1,
      freeBytes: null,
      warnings: [{ code: 'open-file', text: 'It is open.', paths: ['/home/a'], asks: true }],
    });
    expect(await app.ask('restore.putBack', { point, selection: [] })).toMatchObject({
      kind: 'ask',
      plan: { planId: 'p' },
    });
    expect(app.world.asked).not.toContain('restore.run');
  });

  it('says when there is nothing to do', async () => {
    const app = await start();
    app.world.overrides['restore.plan'] = (request) => ({
      planId: 'p',
      request,
      targetPath: '/home',
      targets: ['/home'],
      counts: { add: 0, replace: 0, metadata: 0, delete: 0, same: 9 },
      keptNewer: 0,
      bytesToWrite: 0,
      freeBytes: null,
      warnings: [],
    });
    expect(await app.ask('restore.putBack', { point, selection: [] })).toEqual({ kind: 'nothing-to-do' });
  });
});

describe('files of a snapshot', () => {
  it('are previewed and saved whole, under a name for people', async () => {
    const app = await start(new FakeWorld([1_000]));
    const key = { repositoryId, snapshotId: app.world.snapshots[0]?.id, path: '/home/user/Photos/тест.txt' };
    expect(await app.ask('snapshots.readText', key)).toMatchObject({ text: 'тест.txt of Photos\n', truncated: false });
    app.user.saveTo = '/tmp/saved.txt';
    expect(await app.ask('snapshots.saveFileAs', key)).toEqual({ path: '/tmp/saved.txt' });
    expect(app.user.written.get('/tmp/saved.txt')).toBe('тест.txt of Photos\n');
  });

  it('the proof holds what was recorded and what it earns', async () => {
    const app = await start(new FakeWorld([1_000]));
    app.user.saveTo = '/tmp/proof.json';
    await app.ask('snapshots.saveProof', { repositoryId, snapshotId: app.world.snapshots[0]?.id });
    const proof = JSON.parse(app.user.written.get('/tmp/proof.json') ?? '{}');
    expect(proof).toMatchObject({ evidence: { level: 'filesystem' }, derivedLevel: { level: 'filesystem' } });
  });

  it('pinning changes the id and keeps what is known', async () => {
    const app = await start(new FakeWorld([1_000]));
    const before = app.world.snapshots[0]?.id;
    const mark = await app.ask('snapshots.setPinned', { repositoryId, snapshotId: before, pinned: true });
    expect(mark).toMatchObject({ pinned: true });
    expect(mark.id).not.toBe(before);
    expect((await app.ask('timeline.get')).lanes[0]?.snapshots.map(({ id }) => id)).toEqual([mark.id]);
  });
});
