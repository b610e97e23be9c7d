import { type Desktop, startDesktop } from './desktop.ts';
import { test as base, expect } from './test.ts';

/** Specs that need a desktop around the app: what is started is on its session bus, and ends before it. */
export const test = base.extend<{ readonly desktop: Desktop; readonly desktopKind: 'usual' | 'bare' }>({
  desktopKind: ['usual', { option: true }],
  desktop: async ({ world, desktopKind }, use) => {
    const desktop = await startDesktop(world, desktopKind);
    await use(desktop);
    await desktop.stop();
  },
  start: async ({ desktop, start }, use) => {
    await use((options) => start({ bus: desktop.bus.address, ...options }));
  },
});

export { expect };
