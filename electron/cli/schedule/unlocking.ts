import { statSync } from 'node:fs';
import type { RepositoryId } from '../../../shared/domain/ids.ts';
import type { RepositoryStatus } from '../../../shared/domain/repository.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import type { HelperService } from '../../helper/server/service.ts';
import { credentialsOf } from '../credentials.ts';
import { type PasswordSources, passwordFileOf, readPassword } from '../password.ts';

/**
 * Registered repositories, opened where a file has their password. Nobody is asked. A password that is not right is not
 * tried again until its file has changed: each try costs a second, and a repository may be on a disk that sleeps.
 */
export class Unlocking {
  readonly #service: HelperService;
  readonly #passwords: PasswordSources;
  readonly #onProblem: (repository: RepositoryStatus, error: StillpointError) => void;
  readonly #refused = new Map<RepositoryId, string>();
  #listing: Promise<RepositoryStatus[]> | null = null;

  constructor(
    service: HelperService,
    passwords: PasswordSources,
    onProblem: (repository: RepositoryStatus, error: StillpointError) => void,
  ) {
    this.#service = service;
    this.#passwords = passwords;
    this.#onProblem = onProblem;
  }

  /** Who asks while it is being looked gets the same answer. */
  list(): Promise<RepositoryStatus[]> {
    this.#listing ??= this.#list().finally(() => {
      this.#listing = null;
    });
    return this.#listing;
  }

  async #list(): Promise<RepositoryStatus[]> {
    const found = await this.#service.call('repositories.list', {});
    let opened = false;
    for (const repository of found) {
      if (repository.state === 'password-needed' && (await this.#unlock(repository))) opened = true;
    }
    return opened ? this.#service.call('repositories.list', {}) : found;
  }

  async #unlock(repository: RepositoryStatus): Promise<boolean> {
    const { id } = repository;
    let version = '';
    try {
      const file = passwordFileOf(this.#passwords, repository);
      if (file === undefined) return false;
      version = versionOf(file);
      if (this.#refused.get(id) === version) return false;
      const credentials = credentialsOf(this.#passwords.credentialsFiles, repository.location, repository);
      await this.#service.call('repositories.unlock', { id, password: readPassword(file), credentials });
      this.#refused.delete(id);
      return true;
    } catch (error) {
      if (this.#refused.get(id) !== version) this.#onProblem(repository, asStillpointError(error));
      this.#refused.set(id, version);
      return false;
    }
  }
}

function versionOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${path} ${found.ino} ${found.mtimeMs} ${found.size}` : path;
}
