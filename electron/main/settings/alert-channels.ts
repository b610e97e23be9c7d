import { z } from 'zod';
import { type AlertChannel, alertChannelSchema } from '../../../shared/domain/alerts.ts';
import { type JsonFile, jsonFile } from './json-file.ts';
import type { Encryption } from './password-store.ts';

const fileSchema = z.object({
  version: z.literal(1),
  channels: z.array(alertChannelSchema).max(100),
  /** By channel id; the ciphertext as base64. */
  secrets: z.record(z.string(), z.string()),
});
type AlertsFile = z.infer<typeof fileSchema>;

export interface KnownChannel {
  readonly channel: AlertChannel;
  readonly hasSecret: boolean;
  /** False: the secret is known to this start only. */
  readonly secretIsKept: boolean;
}

const none: AlertsFile = { version: 1, channels: [], secrets: {} };

/**
 * Where alerts go, and the secrets for it: encrypted on disk where there is a secret store, else in the memory of this
 * start. Never in clear on disk.
 */
export class AlertChannels {
  readonly #file: JsonFile<AlertsFile>;
  readonly #encryption: Encryption;
  readonly #memory = new Map<string, string>();
  #kept: AlertsFile = none;

  constructor(path: string, encryption: Encryption, now: () => number) {
    this.#file = jsonFile(path, fileSchema, none, now);
    this.#encryption = encryption;
  }

  /** Returns what was wrong with the file, for people. */
  async load(): Promise<string | undefined> {
    const { value, problem } = await this.#file.load();
    this.#kept = value;
    return problem;
  }

  get list(): KnownChannel[] {
    return this.#kept.channels.map((channel) => ({
      channel,
      hasSecret: this.secretOf(channel.id) !== undefined,
      secretIsKept: this.#kept.secrets[channel.id] !== undefined,
    }));
  }

  /** Undefined also where the keyring that encrypted it is not there any more. */
  secretOf(id: string): string | undefined {
    const known = this.#memory.get(id);
    if (known !== undefined) return known;
    const kept = this.#kept.secrets[id];
    if (kept === undefined || !this.#encryption.store.available) return undefined;
    try {
      const secret = this.#encryption.decrypt(Buffer.from(kept, 'base64'));
      this.#memory.set(id, secret);
      return secret;
    } catch {
      return undefined;
    }
  }

  /** Adds it, or changes the one with its id. Without a secret the one that is kept stays. */
  async save(channel: AlertChannel, secret: string | undefined): Promise<void> {
    const others = this.#kept.channels.filter(({ id }) => id !== channel.id);
    const isNew = others.length === this.#kept.channels.length;
    const channels = isNew
      ? [...others, channel]
      : this.#kept.channels.map((former) => (former.id === channel.id ? channel : former));
    const secrets = { ...this.#kept.secrets };
    if (secret !== undefined) {
      this.#memory.set(channel.id, secret);
      delete secrets[channel.id];
      if (this.#encryption.store.available) {
        secrets[channel.id] = Buffer.from(this.#encryption.encrypt(secret)).toString('base64');
      }
    }
    await this.#keep({ version: 1, channels, secrets });
  }

  async remove(id: string): Promise<void> {
    this.#memory.delete(id);
    const { [id]: _gone, ...secrets } = this.#kept.secrets;
    await this.#keep({ version: 1, channels: this.#kept.channels.filter((channel) => channel.id !== id), secrets });
  }

  settled(): Promise<void> {
    return this.#file.settled();
  }

  async #keep(value: AlertsFile): Promise<void> {
    this.#kept = value;
    await this.#file.save(value);
  }
}
