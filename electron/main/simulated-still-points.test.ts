import { afterEach, expect, it } from 'vitest';
import { msToInstant } from '../../shared/domain/time.ts';
import { simulatedApp } from './testing/simulated-app.ts';
import { untriedPreflight } from './testing/untried-preflight.ts';
import { photosId } from './testing/world-data.ts';

const apps: Awaited<ReturnType<typeof simulatedApp>>[] = [];
const start = async () => {
  const app = await simulatedApp();
  apps.push(app);
  return app;
};
afterEach(async () => {
  for (const app of apps.splice(0)) await app.remove();
});

it('shows when the helper saw that nobody wrote', async () => {
  const app = await start();
  const [from, to] = [app.services.now() - 7_200_000, app.services.now() - 3_600_000];
  app.world.quietWindows = [{ sourceId: photosId, windows: [{ from: msToInstant(from), to: msToInstant(to) }] }];
  const lane = (await app.ask('timeline.get')).lanes.find(({ sourceId }) => sourceId === photosId);
  expect(lane?.staticBands).toEqual([{ from, to }]);
});

it('asks for the test of the system’s filesystem until it was answered', async () => {
  const app = await start();
  app.world.trial = { ...app.world.trial, concerns: true, isNeeded: true, obstacles: ['It has to be tried once.'] };
  app.world.preflight = untriedPreflight;
  const asked = async () => (await app.ask('sources.list')).flatMap(({ notes }) => notes.map(({ kind }) => kind));
  await expect.poll(asked).toEqual(['trial']);
  expect(await app.ask('stillPoints.trialState', { sourceId: photosId })).toMatchObject({ concerns: true, last: null });
  const result = await app.ask('stillPoints.tryOut', { sourceId: photosId });
  expect(result).toMatchObject({ outcome: 'passed', stallsMs: [4.2, 1.1, 1.3] });
  await expect.poll(asked).toEqual([]);
  app.world.trial = { ...app.world.trial, isNeeded: true, kernel: '6.13' };
  const skipped = await app.ask('stillPoints.skipTrial', { sourceId: photosId });
  expect(skipped).toMatchObject({ outcome: 'skipped', kernel: '6.13' });
  expect(app.desktop.told).toEqual([]);
});
