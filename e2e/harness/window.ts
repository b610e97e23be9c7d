import { type ElectronApplication, expect } from '@playwright/test';

/** A person closes the window with its button; after the answer, which is lost where closing takes its time. */
export function closeWindow(app: ElectronApplication): Promise<void> {
  return app.evaluate(({ BrowserWindow }) => {
    setImmediate(() => BrowserWindow.getAllWindows()[0]?.close());
  });
}

/** One for each window there is: whether a person can see it. */
export function visibleWindows(app: ElectronApplication): Promise<boolean[]> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()));
}

export const expectVisible = (app: ElectronApplication) => expect.poll(() => visibleWindows(app)).toEqual([true]);
export const expectHidden = (app: ElectronApplication) => expect.poll(() => visibleWindows(app)).toEqual([false]);

/** Resolves with how the app ended. */
export function ended(app: ElectronApplication): Promise<number | null> {
  const child = app.process();
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}
