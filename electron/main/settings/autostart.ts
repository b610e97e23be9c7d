import type { SettingsStore } from './settings-store.ts';

/** How the desktop is told to begin the app at login. */
export interface AutostartEntry {
  isSet(): Promise<boolean>;
  /** Nothing says yet whether it begins at login: not we, not the desktop's own settings, nobody else. */
  isUndecided(): Promise<boolean>;
  /** Rejects with words when the desktop does not take it. */
  set(isWanted: boolean): Promise<void>;
}

/** Beginning at login: what the desktop does, and what was wanted of it. */
export class Autostart {
  readonly #entry: AutostartEntry;
  readonly #settings: Pick<SettingsStore, 'change' | 'current'>;
  #isSet = false;

  constructor(entry: AutostartEntry, settings: Pick<SettingsStore, 'change' | 'current'>) {
    this.#entry = entry;
    this.#settings = settings;
  }

  /** As of the last look. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** The desktop's own tools change it too. */
  async look(): Promise<void> {
    this.#isSet = await this.#entry.isSet();
  }

  /** A person chose. Null goes back to the default, and changes nothing now. Rejects when the desktop does not take it. */
  async choose(isWanted: boolean | null): Promise<void> {
    if (isWanted === null) return;
    await this.#entry.set(isWanted);
    await this.look();
  }

  /** By default it begins at login once something is protected. Done once: who decided elsewhere is not overruled. */
  async somethingIsProtected(): Promise<void> {
    if (this.#settings.current.startAtLogin !== null) return;
    if (await this.#entry.isUndecided()) await this.choose(true);
    else await this.look();
    await this.#settings.change({ startAtLogin: this.#isSet });
  }
}
