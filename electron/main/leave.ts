import { app, type BrowserWindow } from 'electron';
import { confirmLeaving } from './shell/dialogs.ts';

export interface Leaving {
  /** What is under way, by its title; undefined when nothing is. */
  readonly underWay: () => string | undefined;
  /** It is certain now, and the window still stands where it stood. */
  readonly onLeaving: () => void;
  /** Ends everything in order; takes as long as it takes, within its own limits. */
  readonly shutDown: () => Promise<void>;
}

/**
 * Quits when the window is closed, and asks first while something is under way. A signal is not asked back: whoever sends
 * one means it.
 */
export function leaveWhenAsked(window: BrowserWindow, { underWay, onLeaving, shutDown }: Leaving): void {
  let state: 'here' | 'asking' | 'leaving' | 'gone' = 'here';

  const leave = async (mayAsk: boolean): Promise<void> => {
    if (state === 'leaving' || (state === 'asking' && mayAsk)) return;
    const title = underWay();
    if (mayAsk && title !== undefined) {
      state = 'asking';
      const isSure = await confirmLeaving(window, title);
      // A signal may have come while the question stood.
      if (state !== 'asking') return;
      state = 'here';
      if (!isSure) return;
    }
    state = 'leaving';
    onLeaving();
    if (!window.isDestroyed()) window.hide();
    await shutDown().catch(() => undefined);
    state = 'gone';
    app.quit();
  };

  window.on('close', (event) => {
    if (state === 'gone') return;
    event.preventDefault();
    void leave(true);
  });
  app.on('before-quit', (event) => {
    if (state === 'gone') return;
    event.preventDefault();
    void leave(true);
  });
  app.on('window-all-closed', () => app.quit());
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void leave(false));
}
