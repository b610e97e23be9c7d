import { test as base, expect } from './desktop-test.ts';
import { launch, launchHidden, type RunningApp, type RunningProcess } from './launch.ts';
import { startKeyring } from './session-bus.ts';

/** A desktop after a login as most are: its keyring is unlocked, and the app finds it by itself. */
export const test = base.extend<{
  readonly login: { start(): Promise<RunningApp>; startHidden(): Promise<RunningProcess> };
}>({
  login: async ({ world, desktop }, use) => {
    const keyring = await startKeyring(world, desktop.bus, 'login password of ada');
    const options = { bus: desktop.bus.address, environment: { XDG_CURRENT_DESKTOP: 'GNOME' } };
    const running: RunningProcess[] = [];
    const kept = <T extends RunningProcess>(app: T): T => {
      running.push(app);
      return app;
    };
    await use({
      start: async () => kept(await launch(world, options)),
      startHidden: async () => kept(await launchHidden(world, options)),
    });
    for (const app of running) await app.close();
    await keyring.stop();
  },
});

export { expect };
