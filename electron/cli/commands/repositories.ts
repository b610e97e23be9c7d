import { resolve } from 'node:path';
import { limitText } from '../../../shared/domain/line-limits.ts';
import {
  locationName,
  locationText,
  parseLocation,
  type RepositoryLocation,
  repositoryLocationSchema,
} from '../../../shared/domain/location.ts';
import { credentialsOf } from '../credentials.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { limitsFrom } from '../options/limit-options.ts';
import { usage } from '../options/usage.ts';
import { obtainPassword } from '../password.ts';
import { isPrefix, type Session } from '../session.ts';

export interface AddRepositoryOptions {
  readonly name?: string;
  readonly create?: boolean;
  readonly caFile?: string;
  readonly fingerprint?: string;
  readonly region?: string;
  readonly keyFile?: string;
}

export async function addRepository(
  session: Session,
  place: string,
  { name, create, ...details }: AddRepositoryOptions,
): Promise<ExitCode> {
  const location = detailed(
    parseLocation(place, '<place>', (path) => resolve(path)),
    details,
  );
  const credentials = credentialsOf(session.passwords.credentialsFiles, location);
  const text = locationText(location);
  const question = create ? `New password for ${text}` : `Password of ${text}`;
  const password = await obtainPassword(session.passwords, question);
  const repository = await session.service.call(create ? 'repositories.create' : 'repositories.adopt', {
    name: name ?? locationName(location),
    ...{ location, credentials, password },
  });
  session.output.result(
    { type: 'repository', ...repository },
    `${create ? 'Created' : 'Added'} repository ${repository.id.slice(0, 8)} at ${text}.`,
  );
  return exitCodes.done;
}

export async function testPlace(session: Session, place: string): Promise<ExitCode> {
  const location = parseLocation(place, '<place>', (path) => resolve(path));
  const credentials = credentialsOf(session.passwords.credentialsFiles, location);
  const probe = await session.service.call('repositories.probe', { location, credentials });
  session.output.result({ type: 'place', ...probe }, probe.explanation);
  return probe.state === 'unreachable' || probe.state === 'not-writable' ? exitCodes.failed : exitCodes.done;
}

/** Without limits it says those that hold. */
export async function limitRepository(session: Session, wanted: string, texts: readonly string[]): Promise<ExitCode> {
  const repositories = await session.service.call('repositories.list', {});
  const found = repositories.find(({ id, name }) => name === wanted || isPrefix(wanted, id));
  if (!found) throw usage('<repository>', `No repository “${wanted}” is registered.`, 'Name one by its name or id.');
  const { id, limits: before = [], name } = found;
  const { limits = [] } =
    texts.length === 0
      ? { limits: before }
      : await session.service.call('repositories.setLimits', { id, limits: limitsFrom(texts, '<limit>') });
  const lines = limits.length === 0 ? ['no limits'] : limits.map(limitText);
  session.output.result({ type: 'limits', id, limits }, lines.map((line) => `${name}: ${line}`).join('\n'));
  return exitCodes.done;
}

export async function listRepositories(session: Session): Promise<ExitCode> {
  for (const repository of await session.service.call('repositories.list', {})) {
    const { id, name, location, state } = repository;
    const line = `${id.slice(0, 8)}  ${name}  ${locationText(location)}  ${state}`;
    session.output.result({ type: 'repository', ...repository }, line);
  }
  return exitCodes.done;
}

const options: Readonly<Record<string, string>> = {
  caFile: '--ca-file',
  fingerprint: '--fingerprint',
  region: '--region',
  keyFile: '--key-file',
};

/** What is said of the server beside its address; said of a place that has no such thing it is a mistake. */
function detailed(
  location: RepositoryLocation,
  { caFile, keyFile, ...rest }: Pick<AddRepositoryOptions, 'caFile' | 'fingerprint' | 'region' | 'keyFile'>,
): RepositoryLocation {
  const details = Object.entries({
    ...rest,
    caFile: caFile === undefined ? undefined : resolve(caFile),
    keyFile: keyFile === undefined ? undefined : resolve(keyFile),
  }).filter(([, value]) => value !== undefined);
  const result = repositoryLocationSchema.safeParse({ ...location, ...Object.fromEntries(details) });
  const stranger = details.find(([name]) => !(name in (result.data ?? {})));
  const [issue] = result.error?.issues ?? [];
  if (result.success && stranger === undefined) return result.data;
  const field = options[String(issue?.path[0] ?? stranger?.[0])] ?? '<place>';
  throw usage(
    field,
    issue?.message ?? `A place like ${locationText(location)} has none.`,
    'Leave it out, or correct it.',
  );
}
