import type { RepositoryId } from '../../../../shared/domain/ids.ts';
import type { LineLimits } from '../../../../shared/domain/line-limits.ts';
import {
  locationText,
  needsCredentials,
  type PlaceCredentials,
  type RepositoryLocation,
} from '../../../../shared/domain/location.ts';
import type { Repository as Registered, RepositoryState } from '../../../../shared/domain/repository.ts';
import { isStillpointError, StillpointError } from '../../../../shared/errors/index.ts';
import { type Registry, repositoryById } from '../../authority/registry.ts';
import {
  type Backend,
  type Environment,
  identify,
  initRepository,
  type MixOnThreads,
  openRepository,
  type RemotePlace,
  type Repository,
  type StartCrunching,
  type StartInspecting,
} from '../../repository/index.ts';
import { mountOf } from '../../system/mounts.ts';
import type { AsCaller } from './place.ts';
import type { PlaceAccess, Places } from './places.ts';
import { type HeldTurn, type TurnOptions, Turns } from './turns.ts';

export interface SessionsOptions {
  readonly registry: Registry;
  readonly callerUid: number;
  readonly places: Places;
  readonly asCaller: AsCaller;
  readonly environment: Environment;
  readonly kdf: 'default' | 'test';
  /** Threads for those who write. */
  readonly startCrunching?: StartCrunching;
  /** Threads for a check. */
  readonly startInspecting?: StartInspecting;
  /** Threads for opening with a password. */
  readonly mixOnThreads?: MixOnThreads;
}

/** What a look over a network found is believed for so long, ms: lists are asked for often. */
const believedMs = { there: 15_000, otherwise: 5_000 };

type Found = 'there' | 'waiting' | 'other' | 'locked';

/** Repositories opened with their password, for as long as this helper lives. Keys are in memory only. */
export class RepositorySessions {
  readonly #options: SessionsOptions;
  readonly #open = new Map<RepositoryId, Repository>();
  /** The last use of each repository's writer; a repository object writes for one run at a time. */
  readonly #turns = new Turns();
  /** What servers want, by repository; in memory only. */
  readonly #credentials = new Map<RepositoryId, PlaceCredentials>();
  readonly #looks = new Map<RepositoryId, { readonly atMs: number; readonly found: Promise<Found> }>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get places(): Places {
    return this.#options.places;
  }

  registered(): readonly Registered[] {
    return this.#options.registry.repositories(this.#options.callerUid);
  }

  async state(registered: Registered): Promise<RepositoryState> {
    const place = await this.#place(registered);
    if (place === 'locked') return 'password-needed';
    if (place !== 'there') return place;
    if (!this.#open.has(registered.id)) return 'password-needed';
    if (registered.location.kind !== 'local') return 'ready';
    const { path } = registered.location;
    return this.#options.asCaller(() => mountOf(path).options.includes('ro')) ? 'read-only' : 'ready';
  }

  async create(name: string, access: PlaceAccess, password: string): Promise<Registered> {
    return this.#atNewPlace(name, access, (backend) => initRepository(backend, this.#openOptions(password)));
  }

  /** `isForDataCheck`: all data is checked next. */
  async adopt(name: string, access: PlaceAccess, password: string, isForDataCheck = false): Promise<Registered> {
    const options = { ...this.#openOptions(password), isForDataCheck };
    return this.#atNewPlace(name, access, (backend) => openRepository(backend, options));
  }

  /** `credentials` replace those that were given before. `isForDataCheck`: all data is checked next. */
  async unlock(
    id: RepositoryId,
    password: string,
    credentials?: PlaceCredentials,
    isForDataCheck = false,
  ): Promise<void> {
    const registered = this.#registered(id);
    const access = { location: registered.location, credentials: credentials ?? this.#credentials.get(id) };
    const place = this.#options.places.open(access);
    const known = this.#open.get(id);
    try {
      const options = { ...this.#openOptions(password), isForDataCheck: isForDataCheck && known === undefined };
      const repository = await openRepository(place.backend, options);
      if (repository.id !== id) {
        repository.close();
        throw otherRepository(registered);
      }
      const isSame = known !== undefined && credentials === undefined;
      if (isSame) await place.close();
      else this.#keep(id, access, place);
      await this.#register(registered.name, registered.location, isSame ? known : repository);
    } catch (error) {
      await place.close();
      throw error;
    }
  }

  /** Drops our reference; a job that still uses the repository finishes with its own. */
  forget(id: RepositoryId): void {
    this.#open.delete(id);
    this.#credentials.delete(id);
    this.#looks.delete(id);
    this.#options.places.forget(id);
  }

  remove(id: RepositoryId): void {
    this.#registered(id);
    this.forget(id);
    this.#options.registry.removeRepository(id);
  }

  /** They hold within a second, for what is under way too. */
  setLimits(id: RepositoryId, limits: LineLimits): Registered {
    const { limits: _, ...registered } = this.#registered(id);
    const limited: Registered = limits.length === 0 ? registered : { ...registered, limits };
    this.#options.registry.putRepository(limited);
    return limited;
  }

  async changePassword(id: RepositoryId, password: string, newPassword: string): Promise<void> {
    const registered = this.#registered(id);
    const { backend } = this.#options.places.of(id, this.#accessOf(registered));
    const repository = await openRepository(backend, this.#openOptions(password));
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
    if (repository && place !== 'locked') return repository;
    throw new StillpointError({
      kind: 'password-needed',
      message: `The password of ${registered.name} is needed.`,
      guidance: 'Give the password once; it is kept only if you say so.',
      field: 'password',
      retryable: true,
      context: { repositoryId: id },
    });
  }

  /** Runs `work` when no other job of this helper writes to the same repository; with options it says for what it waits. */
  inTurn<T>(id: RepositoryId, work: (turn: HeldTurn) => Promise<T>, options?: TurnOptions): Promise<T> {
    return this.#turns.take(id, work, options);
  }

  /** Somebody who does not ask here yet waits for it: see `HeldTurn.wanted`. */
  want(id: RepositoryId): void {
    this.#turns.want(id);
  }

  close(): void {
    for (const id of [...this.#open.keys()]) this.forget(id);
    this.#options.places.close();
  }

  #registered(id: RepositoryId): Registered {
    return repositoryById(this.#options.registry, this.#options.callerUid, id);
  }

  #openOptions(password: string) {
    const { kdf, environment, startCrunching, startInspecting, mixOnThreads } = this.#options;
    return { password, kdf, environment, startCrunching, startInspecting, mixOnThreads };
  }

  /** A disk is looked at each time; a server is asked no more often than somebody notices. */
  async #place(registered: Registered): Promise<Found> {
    if (registered.location.kind === 'local') return this.#look(registered);
    const before = this.#looks.get(registered.id);
    if (before) {
      const ageMs = performance.now() - before.atMs;
      const found = await before.found;
      if (ageMs < (found === 'there' ? believedMs.there : believedMs.otherwise)) return found;
    }
    const look = { atMs: performance.now(), found: this.#look(registered) };
    this.#looks.set(registered.id, look);
    return look.found;
  }

  async #look(registered: Registered): Promise<Found> {
    const access = this.#accessOf(registered);
    if (needsCredentials(registered.location) && access.credentials === undefined) return 'locked';
    let found: Awaited<ReturnType<typeof identify>>;
    try {
      found = await identify(this.#options.places.of(registered.id, access).quick);
    } catch (error) {
      return isStillpointError(error, 'not-permitted') && error.field === 'credentials' ? 'locked' : 'waiting';
    }
    if (found.content !== 'repository') return 'waiting';
    const known = new Set(registered.keyIds);
    return found.keyIds.some((key) => known.has(key)) ? 'there' : 'other';
  }

  async #atNewPlace(
    name: string,
    access: PlaceAccess,
    open: (backend: Backend) => Promise<Repository>,
  ): Promise<Registered> {
    const place = this.#options.places.open(access);
    try {
      // Somebody waits: a place that cannot be reached at all is said so soon.
      await place.quick.probe();
      const repository = await open(place.backend);
      this.#keep(repository.id, access, place);
      return await this.#register(name, access.location, repository);
    } catch (error) {
      await place.close();
      throw error;
    }
  }

  #keep(id: RepositoryId, access: PlaceAccess, place: RemotePlace): void {
    this.#options.places.keep(id, access, place);
    this.#looks.delete(id);
    if (access.credentials) this.#credentials.set(id, access.credentials);
    else this.#credentials.delete(id);
  }

  #accessOf({ id, location }: Registered): PlaceAccess {
    return { location, credentials: this.#credentials.get(id) };
  }

  async #register(name: string, location: RepositoryLocation, repository: Repository): Promise<Registered> {
    const keyIds = (await repository.keys.list()).map(({ id }) => id);
    const { callerUid, registry } = this.#options;
    const limits = this.registered().find(({ id }) => id === repository.id)?.limits;
    const registered: Registered = {
      ...{ id: repository.id, name, location, ownerUid: callerUid, keyIds },
      ...(limits === undefined ? {} : { limits }),
    };
    registry.putRepository(registered);
    this.#open.set(repository.id, repository);
    return registered;
  }
}

function absent({ name, location, id }: Registered): StillpointError {
  return new StillpointError({
    kind: 'repository-absent',
    message: `${name} is not at ${locationText(location)} now.`,
    guidance:
      location.kind === 'local'
        ? 'Connect or mount its disk. Nothing was created there; the next run goes on by itself.'
        : 'Check the network and whether the server runs. Nothing was created there; the next run goes on by itself.',
    retryable: true,
    context: { repositoryId: id },
  });
}

function otherRepository({ name, location, id }: Registered): StillpointError {
  return new StillpointError({
    kind: 'repository-absent',
    message: `At ${locationText(location)} there is another repository than ${name}, or all its passwords were changed elsewhere.`,
    guidance: `Connect the disk of ${name}, or give its new password. Nothing was written.`,
    retryable: true,
    context: { repositoryId: id },
  });
}
