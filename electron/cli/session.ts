import { basename, resolve } from 'node:path';
import type { RepositoryId } from '../../shared/domain/ids.ts';
import type { RepositoryStatus } from '../../shared/domain/repository.ts';
import { StillpointError } from '../../shared/errors/index.ts';
import type { HelperService } from '../helper/server/service.ts';
import type { Output } from './output/output.ts';
import { obtainPassword, type PasswordSources } from './password.ts';

export interface GlobalOptions {
  readonly repo?: string | undefined;
  readonly passwordFile?: readonly string[] | undefined;
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

/** The repository that `--repo` names (a path, a name or an id), or the only one registered; opened. */
export async function openedRepository(session: Session, preferred?: RepositoryId): Promise<RepositoryId> {
  const known = await session.service.call('repositories.list', {});
  const repository = choose(known, session.options.repo, preferred);
  if (repository?.state === 'ready' || repository?.state === 'read-only') return repository.id;
  if (repository?.state === 'waiting' || repository?.state === 'other') throw absent(repository);
  const question = `Password of ${repository?.name ?? session.options.repo}`;
  const password = await obtainPassword(session.passwords, question, repository);
  if (repository) {
    await session.service.call('repositories.unlock', { id: repository.id, password });
    return repository.id;
  }
  const path = resolve(session.options.repo ?? '');
  const location = { kind: 'local' as const, path };
  const adopted = await session.service.call('repositories.adopt', {
    name: basename(path) || path,
    location,
    password,
  });
  return adopted.id;
}

function choose(
  known: readonly RepositoryStatus[],
  wanted: string | undefined,
  preferred: RepositoryId | undefined,
): RepositoryStatus | undefined {
  if (wanted !== undefined) {
    const path = resolve(wanted);
    return known.find(({ id, name, location }) => name === wanted || isPrefix(wanted, id) || location.path === path);
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
    message: `The repository ${name} is not at ${location.path} now.`,
    guidance: 'Connect or mount its disk and try again. Nothing was created there.',
    retryable: true,
  });
}
