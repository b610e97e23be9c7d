import type { RepositoryId } from '../../../../shared/domain/ids.ts';
import type {
  Repository as Registered,
  RepositoryLocation,
  RepositoryState,
} from '../../../../shared/domain/repository.ts';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { type Registry, repositoryById } from '../../authority/registry.ts';
import {
  type Backend,
  type Environment,
  type FileOps,
  identify,
  initRepository,
  LocalBackend,
  openRepository,
  type Repository,
  type StartCrunching,
} from '../../repository/index.ts';
import { mountOf } from '../../system/mounts.ts';
import type { AsCaller } from './place.ts';
import { seesAtOnce } from './sees-at-once.ts';

export interface SessionsOptions {
  readonly registry: Registry;
  readonly callerUid: number;
  readonly fileOps: FileOps;
  readonly asCaller: AsCaller;
  readonly environment: Environment;
  readonly kdf: 'default' | 'test';
  /** Threads for those who write. */
  readonly startCrunching?: StartCrunching;
  /** A place that writes and reads back on threads. */
  readonly onThreads?: (local: Backend) => Backend;
}

/** Repositories opened with their password, for as long as this helper lives. Keys are in memory only. */
export class RepositorySessions {
  readonly #options: SessionsOptions;
  readonly #open = new Map<RepositoryId, Repository>();
  /** The last use of each repository's writer; a repository object writes for one run at a time. */
  readonly #turns = new Map<RepositoryId, Promise<void>>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  backendAt(location: RepositoryLocation): Backend {
    const { fileOps, asCaller } = this.#options;
    const local = new LocalBackend(location.path, fileOps, () => asCaller(() => seesAtOnce(location.path)));
    return this.#options.onThreads?.(local) ?? local;
  }

  registered(): readonly Registered[] {
    return this.#options.registry.repositories(this.#options.callerUid);
  }

  async state(registered: Registered): Promise<RepositoryState> {
    const place = await this.#place(registered);
    if (place !== 'there') return place;
    if (!this.#open.has(registered.id)) return 'password-needed';
    const path = registered.location.path;
    return this.#options.asCaller(() => mountOf(path).options.includes('ro')) ? 'read-only' : 'ready';
  }

  async create(name: string, location: RepositoryLocation, password: string): Promise<Registered> {
    return this.#register(name, location, await initRepository(this.backendAt(location), this.#openOptions(password)));
  }

  async adopt(name: string, location: RepositoryLocation, password: string): Promise<Registered> {
    const repository = await openRepository(this.backendAt(location), this.#openOptions(password));
    return this.#register(name, location, repository);
  }

  async unlock(id: RepositoryId, password: string): Promise<void> {
    const registered = this.#registered(id);
    const repository = await openRepository(this.backendAt(registered.location), this.#openOptions(password));
    if (repository.id !== id) throw otherRepository(registered);
    await this.#register(registered.name, registered.location, this.#open.get(id) ?? repository);
  }

  /** Drops our reference; a job that still uses the repository finishes with its own. */
  forget(id: RepositoryId): void {
    this.#open.delete(id);
  }

  remove(id: RepositoryId): void {
    this.#registered(id);
    this.forget(id);
    this.#options.registry.removeRepository(id);
  }

  async changePassword(id: RepositoryId, password: string, newPassword: string): Promise<void> {
    const registered = this.#registered(id);
    const repository = await openRepository(this.backendAt(registered.location), this.#openOptions(password));
    if (repository.id !== id) throw otherRepository(registered);
    await repository.keys.changePassword(newPassword);
    await this.#register(registered.name, registered.location, repository);
  }

  /** Keys were added or removed: remember those that are there now. */
  async rememberKeys(id: RepositoryId): Promise<void> {
    const registered = this.#registered(id);
    await this.#register(registered.name, registered.location, await this.opened(id));
  }

  /**
   * The repository, opened and at its place right now. `password-needed`, `repository-absent` or `unknown-repository`
   * otherwise. Ask again for every job: a disk may have been swapped since.
   */
  async opened(id: RepositoryId): Promise<Repository> {
    const registered = this.#registered(id);
    const place = await this.#place(registered);
    if (place === 'waiting') throw absent(registered);
    if (place === 'other') throw otherRepository(registered);
    const repository = this.#open.get(id);
    if (repository) return repository;
    throw new StillpointError({
      kind: 'password-needed',
      message: `The password of ${registered.name} is needed.`,
      guidance: 'Give the password once; it is kept only if you say so.',
      field: 'password',
      retryable: true,
      context: { repositoryId: id },
    });
  }

  /** Runs `work` when no other job of this helper writes to the same repository. */
  async inTurn<T>(id: RepositoryId, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(id) ?? Promise.resolve();
    const mine = before.then(work);
    this.#turns.set(
      id,
      mine.then(
        () => {},
        () => {},
      ),
    );
    return mine;
  }

  close(): void {
    for (const id of [...this.#open.keys()]) this.forget(id);
  }

  #registered(id: RepositoryId): Registered {
    return repositoryById(this.#options.registry, this.#options.callerUid, id);
  }

  #openOptions(password: string) {
    const { kdf, environment, startCrunching } = this.#options;
    return { password, kdf, environment, startCrunching };
  }

  async #place(registered: Registered): Promise<'there' | 'waiting' | 'other'> {
    let found: Awaited<ReturnType<typeof identify>>;
    try {
      found = await identify(this.backendAt(registered.location));
    } catch {
      return 'waiting';
    }
    if (found.content !== 'repository') return 'waiting';
    const known = new Set(registered.keyIds);
    return found.keyIds.some((key) => known.has(key)) ? 'there' : 'other';
  }

  async #register(name: string, location: RepositoryLocation, repository: Repository): Promise<Registered> {
    const keyIds = (await repository.keys.list()).map(({ id }) => id);
    const { callerUid, registry } = this.#options;
    const registered: Registered = { id: repository.id, name, location, ownerUid: callerUid, keyIds };
    registry.putRepository(registered);
    this.#open.set(repository.id, repository);
    return registered;
  }
}

function absent({ name, location, id }: Registered): StillpointError {
  return new StillpointError({
    kind: 'repository-absent',
    message: `${name} is not at ${location.path} now.`,
    guidance: 'Connect or mount its disk. Nothing was created there; the next run goes on by itself.',
    retryable: true,
    context: { repositoryId: id },
  });
}

function otherRepository({ name, location, id }: Registered): StillpointError {
  return new StillpointError({
    kind: 'repository-absent',
    message: `At ${location.path} there is another repository than ${name}, or all its passwords were changed elsewhere.`,
    guidance: `Connect the disk of ${name}, or give its new password. Nothing was written.`,
    retryable: true,
    context: { repositoryId: id },
  });
}
