import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import type { MasterKey } from '../crypto/master-key.ts';
import type { Environment } from '../environment.ts';
import { badInput, damaged } from '../failures.ts';
import type { ScryptCost } from '../format/key-file.ts';
import { readKeyFile, type UnlockedKey, unlockKeyFile, writeKeyFile } from './key-store.ts';

export interface KeyInfo {
  readonly id: string;
  readonly hostname: string;
  readonly username: string;
  /** Nanoseconds since 1970 UTC. */
  readonly createdNs: bigint;
  /** The one this repository was opened with. */
  readonly current: boolean;
}

/** The passwords of an open repository. All open the same master key: removing one does not re-encrypt anything. */
export class Keys {
  readonly #backend: Backend;
  readonly #environment: Environment;
  readonly #masterKey: MasterKey;
  readonly #cost: () => Promise<ScryptCost>;
  #currentId: string;

  constructor(backend: Backend, environment: Environment, key: UnlockedKey, cost: () => Promise<ScryptCost>) {
    this.#backend = backend;
    this.#environment = environment;
    this.#masterKey = key.masterKey;
    this.#currentId = key.id;
    this.#cost = cost;
  }

  get currentId(): string {
    return this.#currentId;
  }

  /** Key files that can be read; damaged ones are left out. */
  async list(): Promise<readonly KeyInfo[]> {
    const infos: KeyInfo[] = [];
    for (const { name: id } of await this.#backend.list('key')) {
      try {
        const file = await readKeyFile(this.#backend, id);
        if (!file) continue;
        const { hostname, username, createdNs } = file;
        infos.push({ id, hostname, username, createdNs, current: id === this.#currentId });
      } catch (error) {
        if (!isStillpointError(error, 'repository-damaged') && !isStillpointError(error, 'unsupported-format'))
          throw error;
      }
    }
    return infos;
  }

  /** A further password. It was tried before this resolves. The new key's id. */
  async add(password: string): Promise<string> {
    const id = await writeKeyFile(this.#backend, this.#environment, this.#masterKey, password, await this.#cost());
    const file = await readKeyFile(this.#backend, id);
    const opened = file && (await unlockKeyFile(file, password));
    if (!opened?.encrypt.equals(this.#masterKey.encrypt)) {
      throw damaged('The new key does not read back as it was written; no password was changed.', { key: id });
    }
    return id;
  }

  /** Refuses the key in use, and so the last one: `bad-input`. */
  async remove(id: string): Promise<void> {
    if (id === this.#currentId) {
      throw badInput(
        'key',
        'This password is the one the repository is open with.',
        'Open the repository with another password first, or change this one.',
      );
    }
    if (!(await this.#backend.remove({ kind: 'key', name: id }))) {
      throw badInput(
        'key',
        `There is no key ${id.slice(0, 8)} in this repository.`,
        'List the keys and choose one of them.',
      );
    }
  }

  /** Replaces the password in use. The old one opens the repository until the new one was written and tried. */
  async changePassword(password: string): Promise<string> {
    const old = this.#currentId;
    const id = await this.add(password);
    this.#currentId = id;
    await this.#backend.remove({ kind: 'key', name: old });
    return id;
  }
}
