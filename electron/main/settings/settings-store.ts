import { type Settings, settingsSchema } from '../../../shared/ipc/app.ts';
import { type JsonFile, jsonFile } from './json-file.ts';

export const defaultSettings: Settings = {
  version: 1,
  theme: 'system',
  language: 'system',
  firstRunDone: false,
  selectedSourceId: null,
  timelineView: null,
  startAtLogin: null,
  keepRunning: null,
  notifySuccess: false,
};

export type SettingsPatch = { readonly [K in keyof Omit<Settings, 'version'>]?: Settings[K] | undefined };

export class SettingsStore {
  readonly #file: JsonFile<Settings>;
  #current: Settings = defaultSettings;
  /** Told of every change, after it holds. */
  onChange: (settings: Settings) => void = () => undefined;

  constructor(path: string, now: () => number) {
    this.#file = jsonFile(path, settingsSchema, defaultSettings, now);
  }

  get current(): Settings {
    return this.#current;
  }

  /** Returns what was wrong with the file, for people. */
  async load(): Promise<string | undefined> {
    const { value, problem } = await this.#file.load();
    this.#current = value;
    return problem;
  }

  /** Holds at once; resolves when it is on disk. */
  async change(patch: SettingsPatch): Promise<Settings> {
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    this.#current = settingsSchema.parse({ ...this.#current, ...given });
    this.onChange(this.#current);
    await this.#file.save(this.#current);
    return this.#current;
  }

  settled(): Promise<void> {
    return this.#file.settled();
  }
}
