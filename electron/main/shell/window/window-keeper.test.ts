import { EventEmitter } from 'node:events';
import type { BrowserWindow } from 'electron';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AppEvent } from '../../../../shared/ipc/events.ts';
import { WindowKeeper } from './window-keeper.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** As much of a window as the keeper uses. */
class MadeUpWindow extends EventEmitter {
  readonly sent: unknown[] = [];
  readonly webContents = Object.assign(new EventEmitter(), {
    send: (_channel: string, event: unknown) => void this.sent.push(event),
  });
  visible = true;
  destroyed = false;
  isDestroyed = (): boolean => this.destroyed;
  isVisible = (): boolean => this.visible;
  isMinimized = (): boolean => false;
  show = (): void => {
    this.visible = true;
  };
  hide = (): void => {
    this.visible = false;
  };
  focus = (): void => undefined;
  destroy = (): void => {
    this.destroyed = true;
  };
  /** A person closes it; true where it then goes. */
  close(): boolean {
    let goes = true;
    this.emit('close', { preventDefault: () => (goes = false) });
    return goes;
  }
}

function kept() {
  const windows: MadeUpWindow[] = [];
  const state = { isOver: false, closes: 0 };
  const keeper = new WindowKeeper({
    make: () => {
      const window = new MadeUpWindow();
      windows.push(window);
      return { window: window as unknown as BrowserWindow, tellPlace: () => undefined, leavePlace: () => undefined };
    },
    load: async () => undefined,
    onClose: () => {
      state.closes += 1;
    },
    mayGo: () => state.isOver,
  });
  return { keeper, windows, state };
}

const place: AppEvent = { type: 'open', place: { kind: 'settings' } };
const command: AppEvent = { type: 'command', command: 'refresh' };

it('makes no window before it is asked for, and one only', async () => {
  const { keeper, windows } = kept();
  keeper.send(command);
  expect(windows).toEqual([]);
  await keeper.raise();
  await keeper.raise();
  expect(windows).toHaveLength(1);
  expect(windows[0]?.sent).toEqual([]);
});

it('a closed window stays until everything is over', async () => {
  const { keeper, windows, state } = kept();
  await keeper.raise();
  expect(windows[0]?.close()).toBe(false);
  expect(state.closes).toBe(1);
  state.isOver = true;
  expect(windows[0]?.close()).toBe(true);
  expect(state.closes).toBe(1);
});

it('lets a forgotten window go, and makes another one for the next look', async () => {
  const { keeper, windows } = kept();
  await keeper.raise();
  keeper.hide();
  vi.advanceTimersByTime(9 * 60_000);
  await keeper.raise();
  vi.advanceTimersByTime(60 * 60_000);
  expect(windows.map(({ destroyed }) => destroyed)).toEqual([false]);
  keeper.hide();
  vi.advanceTimersByTime(11 * 60_000);
  expect(windows.map(({ destroyed }) => destroyed)).toEqual([true]);
  expect(keeper.window).toBeUndefined();
  await keeper.raise();
  expect(windows.map(({ destroyed }) => destroyed)).toEqual([true, false]);
});

it('keeps what leads to a place until the page hears it, also of a page that is loaded anew', async () => {
  const { keeper, windows } = kept();
  keeper.lead(place);
  await keeper.raise();
  expect(windows[0]?.sent).toEqual([]);
  keeper.hears();
  expect(windows[0]?.sent).toEqual([place]);
  keeper.lead(place);
  expect(windows[0]?.sent).toHaveLength(2);
  windows[0]?.webContents.emit('did-start-loading');
  keeper.lead(place);
  expect(windows[0]?.sent).toHaveLength(2);
  keeper.hears();
  expect(windows[0]?.sent).toHaveLength(3);
});
