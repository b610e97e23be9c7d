import type { RepositoryId } from '../../../shared/domain/ids.ts';
import { locationText, needsCredentials, type PlaceCredentials } from '../../../shared/domain/location.ts';
import type { RepositoryStatus } from '../../../shared/domain/repository.ts';
import { isStillpointError, StillpointError } from '../../../shared/errors/index.ts';
import type { HelperCommandName, HelperParams, HelperResult } from '../../../shared/helper/contract.ts';
import type { HelperCallOptions, HelperCalls } from './ports.ts';
import { repositoryOf } from './repository-of.ts';

/** Passwords that are known in this start. */
export interface Passwords {
  readonly ids: readonly RepositoryId[];
  get(id: RepositoryId): string | undefined;
  /** What the server of the repository wants; undefined where nothing is known. */
  credentials?(id: RepositoryId): PlaceCredentials | undefined;
  forget(id: RepositoryId): Promise<void>;
}

/**
 * The helper, with repositories opened where their password is known: it forgets them when it is started again, and
 * does not have those of a disk that was just plugged in.
 */
export class RepositoryAccess implements HelperCalls {
  readonly #helper: HelperCalls;
  readonly #passwords: Passwords;
  /** Whose server did not accept the credentials that are known. */
  readonly #refused = new Set<RepositoryId>();
  readonly #unlocking = new Map<RepositoryId, Promise<boolean>>();

  constructor(helper: HelperCalls, passwords: Passwords) {
    this.#helper = helper;
    this.#passwords = passwords;
  }

  async call<N extends HelperCommandName>(
    name: N,
    params: HelperParams<N>,
    options?: HelperCallOptions<N>,
  ): Promise<HelperResult<N>> {
    try {
      return await this.#helper.call(name, params, options);
    } catch (error) {
      const id = isStillpointError(error, 'password-needed') ? repositoryOf(params) : undefined;
      if (id === undefined || !(await this.#unlock(id))) throw error;
      return this.#helper.call(name, params, options);
    }
  }

  /** All registered repositories, after opening those that can be opened. */
  async list(): Promise<RepositoryStatus[]> {
    const found = await this.#helper.call('repositories.list', {});
    const locked = found.filter(
      ({ id, state }) => state === 'password-needed' && this.#passwords.get(id) !== undefined,
    );
    const opened = await Promise.all(locked.map(({ id }) => this.#unlock(id).catch(() => false)));
    return opened.includes(true) ? this.#helper.call('repositories.list', {}) : found;
  }

  /** It waits for credentials of its server: those that are known were refused, or it wants some and none are known. */
  isRefused({ id, state, location }: Pick<RepositoryStatus, 'id' | 'state' | 'location'>): boolean {
    if (state !== 'password-needed') return false;
    return this.#refused.has(id) || (needsCredentials(location) && this.#passwords.credentials?.(id) === undefined);
  }

  /** Opens it with what somebody typed, or, without a password, with the one that is known. */
  async unlock(id: RepositoryId, password: string | undefined, credentials?: PlaceCredentials): Promise<string> {
    const known = password ?? this.#passwords.get(id);
    if (known === undefined) throw noPassword();
    const given = credentials ?? this.#passwords.credentials?.(id);
    await this.#opened(id, () =>
      this.#helper.call('repositories.unlock', { id, password: known, ...(given ? { credentials: given } : {}) }),
    );
    return known;
  }

  /** Throws `unknown-repository`. */
  async registered(id: RepositoryId): Promise<RepositoryStatus> {
    const repository = (await this.list()).find((other) => other.id === id);
    if (!repository) throw notRegistered();
    return repository;
  }

  /** Throws `repository-absent`, `password-needed` or `unknown-repository`, for people, when a run cannot begin. */
  async requireReady(id: RepositoryId): Promise<RepositoryStatus> {
    const repository = await this.registered(id);
    if (repository.state === 'waiting' || repository.state === 'other') throw notThere(repository);
    if (repository.state === 'password-needed') throw locked(repository);
    return repository;
  }

  /** After the helper was started: gives it everything that is known. Never rejects. */
  async unlockAll(): Promise<void> {
    await Promise.all(this.#passwords.ids.map((id) => this.#unlock(id).catch(() => false)));
  }

  /** False when the password is not known, or not right any more; it is then forgotten. */
  #unlock(id: RepositoryId): Promise<boolean> {
    const running = this.#unlocking.get(id);
    if (running) return running;
    const unlocking = this.#tryUnlock(id).finally(() => this.#unlocking.delete(id));
    this.#unlocking.set(id, unlocking);
    return unlocking;
  }

  async #tryUnlock(id: RepositoryId): Promise<boolean> {
    const password = this.#passwords.get(id);
    if (password === undefined) return false;
    try {
      const credentials = this.#passwords.credentials?.(id);
      await this.#opened(id, () => this.#helper.call('repositories.unlock', { id, password, credentials }));
      return true;
    } catch (error) {
      if (!isStillpointError(error, 'wrong-password')) throw error;
      await this.#passwords.forget(id);
      return false;
    }
  }

  /** Remembers whether the server let us in. */
  async #opened(id: RepositoryId, open: () => Promise<unknown>): Promise<void> {
    try {
      await open();
      this.#refused.delete(id);
    } catch (error) {
      if (isStillpointError(error, 'not-permitted') && error.field === 'credentials') this.#refused.add(id);
      throw error;
    }
  }
}

function noPassword(): StillpointError {
  return new StillpointError({
    kind: 'password-needed',
    field: 'password',
    message: 'The password of this repository is not known.',
    guidance: 'Enter it as well.',
  });
}

function notRegistered(): StillpointError {
  return new StillpointError({
    kind: 'unknown-repository',
    message: 'The repository of this source is not set up here any more.',
    guidance: 'Choose another repository for the source, or add this one again.',
  });
}

function notThere({ name, state, location }: RepositoryStatus): StillpointError {
  return new StillpointError({
    kind: 'repository-absent',
    message:
      state === 'other'
        ? `${locationText(location)} holds another repository than ${name}.`
        : `${name} is not there: ${locationText(location)}.`,
    guidance:
      location.kind === 'local'
        ? 'Connect its disk. Nothing is created in its place, and backups wait for it.'
        : 'Check the network and whether the server runs. Nothing is created in its place, and backups wait for it.',
    retryable: true,
  });
}

function locked({ name }: RepositoryStatus): StillpointError {
  return new StillpointError({
    kind: 'password-needed',
    message: `The password of ${name} is needed.`,
    guidance: 'Enter it once; backups wait for it.',
    retryable: true,
  });
}
