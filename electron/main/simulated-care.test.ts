import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunId } from '../../shared/domain/ids.ts';
import { StillpointError } from '../../shared/errors/index.ts';
import { simulatedApp } from './testing/simulated-app.ts';
import { repository } from './testing/world-data.ts';

let app: Awaited<ReturnType<typeof simulatedApp>>;
beforeEach(async () => {
  app = await simulatedApp();
});
afterEach(() => app.remove());

const { id } = repository;
const facts = async () => (await app.ask('repositories.list')).find((other) => other.id === id);
const figures = {
  ...{ packs: 10, bytes: 1000, neededBytes: 800, deletePacks: 1, deleteBytes: 100, repackPacks: 1, repackBytes: 100 },
  ...{ newPacks: 1, newBytes: 50, freedBytes: 150, remainingBytes: 10 },
};
const result = {
  ...{ outcome: 'done' as const, snapshotId: null, level: null, stallMs: null, files: 0, bytes: 150, newBytes: 50 },
  ...{ summary: '150 B given back.', warnings: [], warningsTotal: 0, error: null },
};

async function ended(runId: RunId) {
  await app.settle();
  return app.ask('runs.get', { runId });
}

it('remembers what a check read, also for a later start', async () => {
  expect((await facts())?.care).toMatchObject({ lastCheck: null, verified: null, plan: null, nextCheckAt: null });
  const share = { part: 'next', of: 10 };
  const { runId } = await app.ask('repositories.check', { id, readData: true, share });
  expect(await ended(runId)).toMatchObject({ outcome: 'done' });
  const { care } = (await facts()) ?? {};
  expect(care).toMatchObject({ lastCheck: { runId, outcome: 'clean', planned: false }, verified: { share: 0.1 } });
  const later = await simulatedApp(app.world, app.folder);
  const [again] = await later.ask('repositories.list');
  expect(again?.care).toEqual(care);
});

it('refuses a share without data, and says which field', async () => {
  const wrong = { id, readData: false, share: { part: 'next', of: 10 } };
  await expect(app.ask('repositories.check', wrong)).rejects.toMatchObject({ kind: 'bad-input', field: 'share' });
});

it('makes the checks of a plan, in turn, and asks nobody', async () => {
  const care = await app.ask('repositories.setCarePlan', { id, plan: { every: 'week', of: 10 } });
  expect(care.plan).toEqual({ every: 'week', of: 10 });
  await app.services.checks.look();
  await app.settle();
  const { lastCheck, nextCheckAt } = (await facts())?.care ?? {};
  expect(lastCheck).toMatchObject({ planned: true, checked: { what: 'share', of: 10 } });
  expect(nextCheckAt).toBe((lastCheck?.at ?? 0) + 7 * 86_400_000);
  expect((await app.ask('runs.list', { limit: 10 })).filter(({ kind }) => kind === 'check')).toHaveLength(1);
  await app.services.checks.look();
  await app.settle();
  expect((await app.ask('runs.list', { limit: 10 })).filter(({ kind }) => kind === 'check')).toHaveLength(1);
});

it('holds a planned check back on battery and says so, until it can be', async () => {
  app.world.conditions = { onMains: false, metered: false, sleepAnnounced: false };
  await app.ask('repositories.setCarePlan', { id, plan: { every: 'day', of: 1 } });
  await app.services.checks.look();
  expect((await facts())?.care).toMatchObject({ heldBack: 'battery', lastCheck: null });
  app.world.conditions = { onMains: true, metered: false, sleepAnnounced: false };
  await app.services.checks.look();
  await app.settle();
  expect((await facts())?.care).toMatchObject({ heldBack: null, lastCheck: { checked: { what: 'all' } } });
});

it('tells of damage, and counts nothing as verified then', async () => {
  app.world.findings = [{ severity: 'error', code: 'blob-damaged', text: 'A part cannot be read.', affects: ['a:/b'] }];
  const { runId } = await app.ask('repositories.check', { id, readData: true });
  expect(await ended(runId)).toMatchObject({ warnings: [{ text: 'A part cannot be read.', path: 'a:/b' }] });
  expect((await facts())?.care).toMatchObject({ lastCheck: { outcome: 'damaged' }, verified: null });
});

it('keeps what a prune found beside its run', async () => {
  app.world.overrides['repositories.prune'] = ({ runId }) => ({ run: { runId, ...result }, figures });
  const limits = { maxUnused: { kind: 'percent', percent: 2 } };
  const { runId } = await app.ask('repositories.prune', { id, dryRun: true, limits });
  expect(await ended(runId)).toMatchObject({ kind: 'forget', outcome: 'done', bytes: 150 });
  expect(await app.ask('repositories.report', { runId })).toEqual({ kind: 'prune', dryRun: true, figures });
});

it('copies into another repository only', async () => {
  const wrong = { id, fromId: id, snapshotIds: [] };
  await expect(app.ask('repositories.copy', wrong)).rejects.toMatchObject({ kind: 'bad-input', field: 'id' });
});

it('asks for credentials again where the server refuses them, and keeps the password that is known', async () => {
  app.world.overrides['repositories.unlock'] = ({ password, credentials }) => {
    if (credentials?.kind !== 'rest' || credentials.password !== 'right') {
      throw new StillpointError({
        kind: 'not-permitted',
        message: 'The server does not accept the user name and password.',
        guidance: 'Check both.',
        field: 'credentials',
      });
    }
    expect(password).toBe('known');
    app.world.state = 'ready';
    return {};
  };
  await app.passwords.remember(id, 'known', false, { kind: 'rest', user: 'mika', password: 'old' });
  app.world.state = 'password-needed';
  expect(await facts()).toMatchObject({ state: 'password-needed', credentialsRefused: true, passwordKnown: true });
  const refused = app.ask('repositories.unlock', { id, remember: false });
  await expect(refused).rejects.toMatchObject({ field: 'credentials' });
  const credentials = { kind: 'rest', user: 'mika', password: 'right' };
  await app.ask('repositories.unlock', { id, credentials, remember: false });
  expect(await facts()).toMatchObject({ state: 'ready', credentialsRefused: false });
  expect(app.passwords.credentials(id)).toEqual(credentials);
});

it('sets limits, and refuses one that is too low by its field', async () => {
  const limits = [{ direction: 'upload', bytesPerSecond: 512 * 1024 }];
  expect((await app.ask('repositories.setLimits', { id, limits })).limits).toEqual(limits);
  const slow = [{ direction: 'upload', bytesPerSecond: 100 }];
  await expect(app.ask('repositories.setLimits', { id, limits: slow })).rejects.toMatchObject({
    kind: 'bad-input',
    message: expect.stringContaining('8 KiB/s'),
  });
});
