import { join } from 'node:path';
import { AlertChannels } from './alert-channels.ts';
import type { JsonFile } from './json-file.ts';
import type { Encryption } from './password-store.ts';
import { type ToldAlertsFile, toldAlertsFile } from './told-alerts-file.ts';

/** Everything that is kept for alerts: where they go, what was told, and what is on its way. */
export class AlertFiles {
  readonly channels: AlertChannels;
  readonly outboxFolder: string;
  readonly told: JsonFile<ToldAlertsFile>;
  /** What was told before this start. */
  toldBefore: ToldAlertsFile = { version: 1, told: {} };

  constructor(folders: { readonly config: string; readonly state: string }, encryption: Encryption, now: () => number) {
    this.channels = new AlertChannels(join(folders.config, 'alerts.json'), encryption, now);
    this.told = toldAlertsFile(join(folders.state, 'told-alerts.json'), now);
    this.outboxFolder = join(folders.state, 'alerts');
  }

  /** Returns what was wrong with a file, for people. */
  async load(): Promise<string | undefined> {
    const [problem, told] = await Promise.all([this.channels.load(), this.told.load()]);
    this.toldBefore = told.value;
    return problem;
  }

  async settled(): Promise<void> {
    await Promise.all([this.channels.settled(), this.told.settled()]);
  }
}
