import { app, type BrowserWindow, powerMonitor } from 'electron';
import { confirmLeaving } from './shell/dialogs.ts';

export interface LeavingOptions {
  /** What is under way, by its title; undefined when nothing is. */
  readonly underWay: () => string | undefined;
  /** Where to ask; undefined: there is no window to be seen. */
  readonly askIn: () => BrowserWindow | undefined;
  /** It is certain now, and the window still stands where it stood. */
  readonly onLeaving: () => void;
  /** Ends everything in order; takes as long as it takes, within its own limits. */
  readonly shutDown: () => Promise<void>;
}

export interface Leaving {
  /** Asks first while something is under way, then ends everything in order. */
  readonly quit: () => Promise<void>;
  /** Everything is over: nothing keeps the window or the process any more. */
  readonly isOver: () => boolean;
}

/**
 * The one way out: the menu, the tray, the window, a signal, the end of the session. A signal is not asked back: whoever
 * sends one means it.
 */
export function leaveInOrder({ underWay, askIn, onLeaving, shutDown }: LeavingOptions): Leaving {
  let state: 'here' | 'asking' | 'leaving' | 'gone' = 'here';

  const leave = async (mayAsk: boolean): Promise<void> => {
    if (state === 'leaving' || state === 'gone' || (state === 'asking' && mayAsk)) return;
    const title = underWay();
    if (mayAsk && title !== undefined) {
      state = 'asking';
      const isSure = await confirmLeaving(askIn(), title);
      // A signal may have come while the question stood.
      if (state !== 'asking') return;
      state = 'here';
      if (!isSure) return;
    }
    state = 'leaving';
    onLeaving();
    await shutDown().catch(() => undefined);
    state = 'gone';
    app.quit();
  };

  app.on('before-quit', (event) => {
    if (state === 'gone') return;
    event.preventDefault();
    void leave(true);
  });
  // The app goes on without a window.
  app.on('window-all-closed', () => undefined);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void leave(false));
  // The machine is going down. Holding it up for a moment is what lets a run end with its log.
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault();
    void leave(false);
  });
  return { quit: () => leave(true), isOver: () => state === 'gone' };
}
