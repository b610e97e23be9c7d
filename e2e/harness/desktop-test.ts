import { type Desktop, startDesktop } from './desktop.ts';
import { type LaunchOptions, launchHidden, type RunningProcess } from './launch.ts';
import { test as base, expect } from './test.ts';

/** Specs that need a desktop around the app: what is started is on its session bus, and ends before it. */
export const test = base.extend<{
  readonly desktop: Desktop;
  readonly desktopKind: 'usual' | 'bare';
  readonly startHidden: (options?: LaunchOptions) => Promise<RunningProcess>;
}>({
  desktopKind: ['usual', { option: true }],
  desktop: async ({ world, desktopKind }, use) => {
    const desktop = await startDesktop(world, desktopKind);
    await use(desktop);
    await desktop.stop();
  },
  start: async ({ desktop, start }, use) => {
    await use((options) => start(on(desktop, options)));
  },
  /** As a login starts the app; whatever still runs at the end is closed. */
  startHidden: async ({ world, desktop }, use) => {
    const running: RunningProcess[] = [];
    await use(async (options) => {
      const app = await launchHidden(world, on(desktop, options));
      running.push(app);
      return app;
    });
    for (const app of running) await app.close();
  },
});

/** Without a keyring: on a bus that outlives the app, a locked one would ask its question at the second start. */
function on(desktop: Desktop, { args = [], ...options }: LaunchOptions = {}): LaunchOptions {
  return { bus: desktop.bus.address, args: ['--password-store=basic', ...args], ...options };
}

export { expect };
