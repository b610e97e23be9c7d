import type { BrowserWindow } from 'electron';
import { type AppEvent, eventChannel } from '../../../../shared/ipc/events.ts';
import type { MainWindow } from '../main-window.ts';

export interface WindowKeeperOptions {
  readonly make: () => MainWindow;
  /** Loads the page; never rejects. */
  readonly load: (window: BrowserWindow) => Promise<void>;
  /** A person closes the window. It stays as it is unless this hides it. */
  readonly onClose: () => void;
  /** True once everything is over: the window may go. */
  readonly mayGo: () => boolean;
}

/** A window that nobody has looked at for so long gives its memory back; the next look makes it anew. */
const letGoMs = 10 * 60_000;

/** The app's one window, which may not exist: made when it is asked for, hidden when closed, let go when forgotten. */
export class WindowKeeper {
  readonly #options: WindowKeeperOptions;
  #main: MainWindow | undefined;
  /** The page hears what is sent to it. */
  #isListening = false;
  #unheard: AppEvent[] = [];
  #forgotten: NodeJS.Timeout | undefined;

  constructor(options: WindowKeeperOptions) {
    this.#options = options;
  }

  get window(): BrowserWindow | undefined {
    const window = this.#main?.window;
    return window && !window.isDestroyed() ? window : undefined;
  }

  /** The window if a person can see it: a question belongs to that, not to a hidden one. */
  get shown(): BrowserWindow | undefined {
    return this.window?.isVisible() ? this.window : undefined;
  }

  /** Brings the window before the person; resolves when its page is loaded. */
  async raise(): Promise<void> {
    clearTimeout(this.#forgotten);
    const { window } = this;
    if (!window) return this.#make();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  hide(): void {
    const { window } = this;
    if (!window) return;
    this.#main?.tellPlace();
    window.hide();
    clearTimeout(this.#forgotten);
    this.#forgotten = setTimeout(() => this.#letGo(), letGoMs);
  }

  /** To the page, if there is one. */
  send(event: AppEvent): void {
    this.window?.webContents.send(eventChannel, event);
  }

  /** To the page, as soon as there is one that hears it. */
  lead(event: AppEvent): void {
    if (this.#isListening && this.window) this.send(event);
    else this.#unheard.push(event);
  }

  /** The page has asked something, which it does after it began to listen. */
  hears(): void {
    this.#isListening = true;
    for (const event of this.#unheard.splice(0)) this.send(event);
  }

  /** Hides the window for good, after it told where it stood. */
  leave(): void {
    clearTimeout(this.#forgotten);
    this.#main?.leavePlace();
    this.window?.hide();
  }

  async #make(): Promise<void> {
    const { make, load, onClose, mayGo } = this.#options;
    const main = make();
    const { window } = main;
    this.#main = main;
    this.#isListening = false;
    window.webContents.on('did-start-loading', () => {
      this.#isListening = false;
    });
    window.on('close', (event) => {
      if (mayGo()) return;
      event.preventDefault();
      onClose();
    });
    await load(window);
  }

  #letGo(): void {
    const { window } = this;
    if (!window || window.isVisible()) return;
    this.#main?.leavePlace();
    this.#main = undefined;
    this.#isListening = false;
    window.destroy();
  }
}
