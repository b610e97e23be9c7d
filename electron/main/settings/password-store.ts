import { z } from 'zod';
import { type RepositoryId, repositoryIdSchema } from '../../../shared/domain/ids.ts';
import type { SecretStore } from '../../../shared/ipc/app.ts';
import { type JsonFile, jsonFile } from './json-file.ts';

/** What encrypts for this user on this machine: a keyring behind Electron’s `safeStorage`. */
export interface Encryption {
  readonly store: SecretStore;
  encrypt(text: string): Uint8Array;
  /** Throws when it was encrypted by another keyring. */
  decrypt(bytes: Uint8Array): string;
}

const fileSchema = z.object({
  version: z.literal(1),
  /** By repository id; the ciphertext as base64. */
  passwords: z.record(repositoryIdSchema, z.string()),
});
type SecretsFile = z.infer<typeof fileSchema>;

/**
 * Passwords of repositories: encrypted on disk where the user wants that and a real store exists, else in the memory of
 * this start. Never in clear on disk, never in a log.
 */
export class PasswordStore {
  readonly #file: JsonFile<SecretsFile>;
  readonly #encryption: Encryption;
  readonly #memory = new Map<RepositoryId, string>();
  #kept: SecretsFile = { version: 1, passwords: {} };

  constructor(path: string, encryption: Encryption, now: () => number) {
    this.#file = jsonFile(path, fileSchema, { version: 1, passwords: {} }, now);
    this.#encryption = encryption;
  }

  async load(): Promise<string | undefined> {
    const { value, problem } = await this.#file.load();
    this.#kept = value;
    return problem;
  }

  get secretStore(): SecretStore {
    return this.#encryption.store;
  }

  /** Repositories whose password is kept on disk or in memory. */
  get ids(): RepositoryId[] {
    return [...new Set([...this.#memory.keys(), ...(Object.keys(this.#kept.passwords) as RepositoryId[])])];
  }

  isRemembered(id: RepositoryId): boolean {
    return this.#kept.passwords[id] !== undefined && this.#encryption.store.available;
  }

  /** Undefined also where the keyring that encrypted it is not there any more. */
  get(id: RepositoryId): string | undefined {
    const known = this.#memory.get(id);
    if (known !== undefined) return known;
    const kept = this.#kept.passwords[id];
    if (kept === undefined || !this.#encryption.store.available) return undefined;
    try {
      const password = this.#encryption.decrypt(Buffer.from(kept, 'base64'));
      this.#memory.set(id, password);
      return password;
    } catch {
      return undefined;
    }
  }

  /** Always kept for this start; on disk only when asked for and a real store exists. */
  async remember(id: RepositoryId, password: string, onDisk: boolean): Promise<void> {
    this.#memory.set(id, password);
    if (onDisk && this.#encryption.store.available) {
      await this.#keep(id, Buffer.from(this.#encryption.encrypt(password)).toString('base64'));
    } else {
      await this.#keep(id, undefined);
    }
  }

  async forget(id: RepositoryId): Promise<void> {
    this.#memory.delete(id);
    await this.#keep(id, undefined);
  }

  settled(): Promise<void> {
    return this.#file.settled();
  }

  async #keep(id: RepositoryId, ciphertext: string | undefined): Promise<void> {
    if (this.#kept.passwords[id] === ciphertext) return;
    const passwords = { ...this.#kept.passwords };
    if (ciphertext === undefined) delete passwords[id];
    else passwords[id] = ciphertext;
    this.#kept = { version: 1, passwords };
    await this.#file.save(this.#kept);
  }
}
