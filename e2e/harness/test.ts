import { test as base, expect } from '@playwright/test';
import { type LaunchOptions, launch, type RunningApp } from './launch.ts';
import { newWorld, type World } from './world.ts';

interface Fixtures {
  /** A home of the test's own. */
  readonly world: World;
  /** Starts the app in it; whatever is still running at the end is closed, and the world removed after it. */
  readonly start: (options?: LaunchOptions) => Promise<RunningApp>;
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright demands a pattern.
  world: async ({}, use) => {
    const world = newWorld();
    await use(world);
    world.remove();
  },
  start: async ({ world }, use) => {
    const running: RunningApp[] = [];
    await use(async (options) => {
      const app = await launch(world, options);
      running.push(app);
      return app;
    });
    for (const app of running) await app.close();
  },
});

export { expect };
