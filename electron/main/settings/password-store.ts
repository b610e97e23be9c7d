import { z } from 'zod';
import { type RepositoryId, repositoryIdSchema } from '../../../shared/domain/ids.ts';
import { type PlaceCredentials, placeCredentialsSchema } from '../../../shared/domain/location.ts';
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
  /** What their servers want, likewise. */
  credentials: z.record(repositoryIdSchema, z.string()).optional(),
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
  readonly #credentials = new Map<RepositoryId, PlaceCredentials>();
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
    const password = this.#decrypted(this.#kept.passwords[id]);
    if (password !== undefined) this.#memory.set(id, password);
    return password;
  }

  /** What the server of the repository wants; undefined where nothing is known. */
  credentials(id: RepositoryId): PlaceCredentials | undefined {
    const known = this.#credentials.get(id);
    if (known !== undefined) return known;
    const text = this.#decrypted(this.#kept.credentials?.[id]);
    if (text === undefined) return undefined;
    return placeCredentialsSchema.safeParse(JSON.parse(text)).data;
  }

  /**
   * Always kept for this start; on disk only when asked for and a real store exists. Credentials that are not given stay
   * those that are known.
   */
  async remember(
    id: RepositoryId,
    password: string,
    onDisk: boolean,
    credentials: PlaceCredentials | undefined = this.credentials(id),
  ): Promise<void> {
    this.#memory.set(id, password);
    if (credentials) this.#credentials.set(id, credentials);
    if (onDisk && this.#encryption.store.available)
      await this.#keep(id, this.#encrypted(password), credentials && this.#encrypted(JSON.stringify(credentials)));
    else await this.#keep(id, undefined, undefined);
  }

  async forget(id: RepositoryId): Promise<void> {
    this.#memory.delete(id);
    this.#credentials.delete(id);
    await this.#keep(id, undefined, undefined);
  }

  settled(): Promise<void> {
    return this.#file.settled();
  }

  #encrypted(text: string): string {
    return Buffer.from(this.#encryption.encrypt(text)).toString('base64');
  }

  #decrypted(kept: string | undefined): string | undefined {
    if (kept === undefined || !this.#encryption.store.available) return undefined;
    try {
      return this.#encryption.decrypt(Buffer.from(kept, 'base64'));
    } catch {
      return undefined;
    }
  }

  async #keep(id: RepositoryId, password: string | undefined, credentials: string | undefined): Promise<void> {
    const before = this.#kept;
    if (before.passwords[id] === password && before.credentials?.[id] === credentials) return;
    const places = changed(before.credentials ?? {}, id, credentials);
    this.#kept = {
      version: 1,
      passwords: changed(before.passwords, id, password),
      ...(Object.keys(places).length === 0 ? {} : { credentials: places }),
    };
    await this.#file.save(this.#kept);
  }
}

function changed(entries: Record<string, string>, id: string, value: string | undefined): Record<string, string> {
  const others = Object.fromEntries(Object.entries(entries).filter(([other]) => other !== id));
  return value === undefined ? others : { ...others, [id]: value };
}
