import { FakeWorld } from './fake-world.ts';
import { simulatedApp } from './simulated-app.ts';
import { photosId } from './world-data.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Ten minutes past an hour: a few minutes more reach no full hour. */
export const begin = Math.ceil(Date.now() / hour) * hour + 10 * minute;

/** One source, so that what is asserted is not about the other. */
export function photosOnly(...snapshotTimes: number[]): FakeWorld {
  const world = new FakeWorld();
  world.sources = world.sources.filter(({ id }) => id === photosId);
  for (const at of snapshotTimes) world.addSnapshot(at);
  return world;
}

export type EverydayApp = Awaited<ReturnType<typeof everydayApp>>;

/** Starts apps that are ended after each test, whatever became of it. `afterEach`: the runner's. */
export function everydayApps(afterEach: (end: () => Promise<void>) => void) {
  const apps: EverydayApp[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.end();
  });
  return async (...how: Parameters<typeof everydayApp>): Promise<EverydayApp> => {
    const app = await everydayApp(...how);
    apps.push(app);
    return app;
  };
}

/** The simulated app with its schedule looked at when a test says so, and a clock that tests move. `at`: when it starts. */
export async function everydayApp(world = photosOnly(begin), former?: string, at = begin) {
  const app = await simulatedApp(world, former);
  app.clock.aheadMs = at - Date.now();
  const { services } = app;
  await services.catchUp();
  services.everyday.start();
  await services.scheduler.tick().catch(() => []);
  await services.everyday.look();
  const look = async () => {
    const looks = await services.scheduler.tick();
    await app.settle();
    await services.everyday.look();
    return looks;
  };
  return {
    ...app,
    look,
    /** The machine sleeps, and everybody looks when it wakes. */
    sleep: async (ms: number) => {
      app.clock.aheadMs += ms;
      services.schedule.resumed();
      return look();
    },
    /** Time passes while nobody looks; the grace of a start is over. */
    pass: async (ms: number) => {
      app.clock.aheadMs += ms;
      return look();
    },
    photos: async () => {
      const source = (await app.ask('sources.list')).find(({ id }) => id === photosId);
      if (!source) throw new Error('Photos are protected');
      return source;
    },
    end: async () => {
      const stopped = services.schedule.stop();
      services.runs.cancelAll();
      await stopped;
      await app.settle().catch(() => undefined);
      await app.remove();
    },
  };
}
