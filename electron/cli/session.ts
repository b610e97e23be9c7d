import { resolve } from 'node:path';
import type { RepositoryId } from '../../shared/domain/ids.ts';
import {
  locationName,
  locationText,
  type PlaceCredentials,
  parseLocation,
  type RepositoryLocation,
} from '../../shared/domain/location.ts';
import type { RepositoryStatus } from '../../shared/domain/repository.ts';
import { StillpointError } from '../../shared/errors/index.ts';
import type { HelperService } from '../helper/server/service.ts';
import { credentialsOf } from './credentials.ts';
import { usage } from './options/usage.ts';
import type { Output } from './output/output.ts';
import { obtainPassword, type PasswordSources } from './password.ts';

export interface GlobalOptions {
  readonly repo?: string | undefined;
  readonly passwordFile?: readonly string[] | undefined;
  readonly credentialsFile?: readonly string[] | undefined;
  readonly json?: boolean | undefined;
}

/** What every command works with. */
export interface Session {
  readonly service: HelperService;
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly options: GlobalOptions;
  readonly passwords: PasswordSources;
  /** Asks a person for a yes; null where there is nobody to ask. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
}

export interface OpenedFor {
  /** All data is checked next: what of that needs no key is begun at once. */
  readonly isForDataCheck?: boolean;
}

/** The repository that `--repo` names (a path, a name or an id), or the only one registered; opened. */
export async function openedRepository(
  session: Session,
  preferred?: RepositoryId,
  { isForDataCheck }: OpenedFor = {},
): Promise<RepositoryId> {
  const known = await session.service.call('repositories.list', {});
  const repository = choose(known, session.options.repo, preferred);
  if (repository?.state === 'ready' || repository?.state === 'read-only') return repository.id;
  if (repository?.state === 'waiting' || repository?.state === 'other') throw absent(repository);
  const question = `Password of ${repository?.name ?? session.options.repo}`;
  const password = await obtainPassword(session.passwords, question, repository);
  if (repository) {
    const credentials = credentialsOf(session.passwords.credentialsFiles, repository.location, repository);
    await session.service.call('repositories.unlock', { id: repository.id, password, credentials, isForDataCheck });
    return repository.id;
  }
  const { location, credentials } = namedPlace(session);
  const adopted = await session.service.call('repositories.adopt', {
    name: locationName(location),
    ...{ location, credentials, password, isForDataCheck },
  });
  return adopted.id;
}

/** The place that `--repo` names, with what its server wants. */
export function namedPlace(session: Session): {
  readonly location: RepositoryLocation;
  readonly credentials: PlaceCredentials | undefined;
} {
  const { repo } = session.options;
  if (repo === undefined)
    throw usage('--repo', 'Where the repository is is not said.', 'Name its place: --repo PLACE.');
  const location = parseLocation(repo, '--repo', (path) => resolve(path));
  return { location, credentials: credentialsOf(session.passwords.credentialsFiles, location) };
}

function choose(
  known: readonly RepositoryStatus[],
  wanted: string | undefined,
  preferred: RepositoryId | undefined,
): RepositoryStatus | undefined {
  if (wanted !== undefined) {
    const named = known.find(({ id, name }) => name === wanted || isPrefix(wanted, id));
    if (named) return named;
    const place = locationText(parseLocation(wanted, '--repo', (path) => resolve(path)));
    return known.find(({ location }) => locationText(location) === place);
  }
  const one = preferred === undefined && known.length === 1 ? known[0] : known.find(({ id }) => id === preferred);
  if (one) return one;
  throw new StillpointError({
    kind: 'wrong-usage',
    field: '--repo',
    message:
      known.length === 0 ? 'No repository is named and none is registered.' : 'Several repositories are registered.',
    guidance: 'Name one: --repo PATH (or its name or id).',
  });
}

export function isPrefix(text: string, id: string): boolean {
  return /^[0-9a-f]{6,64}$/.test(text) && id.startsWith(text);
}

export function absent({ name, location }: RepositoryStatus): StillpointError {
  return new StillpointError({
    kind: 'repository-absent',
    field: '--repo',
    message: `The repository ${name} is not at ${locationText(location)} now.`,
    guidance:
      location.kind === 'local'
        ? 'Connect or mount its disk and try again. Nothing was created there.'
        : 'Check the network and whether the server runs, then try again. Nothing was created there.',
    retryable: true,
  });
}
