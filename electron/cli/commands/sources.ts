import { basename, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { keepEverything } from '../../../shared/domain/keep/rules.ts';
import type { ConsistencyLevel } from '../../../shared/domain/level.ts';
import { defaultPolicy, type Policy } from '../../../shared/domain/policy.ts';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import { scheduleSentence } from '../../../shared/domain/schedule/schedule-words.ts';
import {
  describeSpec,
  filesystemSpec,
  isSamePlaces,
  placesOf,
  type Source,
  type SourceSpec,
  specPaths,
} from '../../../shared/domain/source.ts';
import { stillSentences } from '../../../shared/domain/still-rules.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type ExcludeOptions, placesWith } from '../options/exclude-options.ts';
import { type PolicyOptions, policyFrom } from '../options/policy-options.ts';
import { formatDuration } from '../output/units.ts';
import { openedRepository, type Session } from '../session.ts';

export interface AddOptions extends PolicyOptions, ExcludeOptions {
  readonly name?: string;
}

/** Several paths are one source, held at one barrier. */
export async function addSource(session: Session, paths: readonly string[], options: AddOptions): Promise<ExitCode> {
  const spec = specOf(paths, options);
  const repositoryId = await openedRepository(session);
  // What cannot be reached here is not asked for: each backup would be weaker than asked.
  const policy = policyFrom(options, defaultPolicy(repositoryId, 'per-file'));
  const preflight = await session.service.call('sources.preflight', { spec, policy }, { signal: session.signal });
  const requiredLevel = options.level === undefined ? reachable(preflight) : policy.requiredLevel;
  const source = await session.service.call('sources.add', {
    name: nameOf(spec, options),
    spec,
    policy: { ...policy, requiredLevel },
  });
  const { chosen, leftOut } = preflight;
  const promise = `You will get: ${chosen.level} by ${chosen.method}${chosen.expectedStallMs > 0 ? `, writers pause about ${formatDuration(chosen.expectedStallMs)}` : ''}.`;
  const reasons = preflight.considered.flatMap(({ method, reasons }) =>
    reasons.map((reason) => `  ${method}: ${reason}`),
  );
  const left = leftOut.map((note) => `  Left out: ${note.path} (${note.reason})`);
  const when = [scheduleSentence(source.policy.schedule), ...stillSentences(source.policy.still)].join(' ');
  session.output.result(
    { type: 'source', ...source, preflight },
    [`Added ${source.name} as ${source.id}.`, promise, ...reasons, ...left, when].join('\n'),
  );
  return exitCodes.done;
}

/**
 * A place that is backed up once; its policy asks for what a copy of any kind gives. Nobody said what is to be kept of it,
 * and who did may have said so elsewhere: nothing is deleted unasked.
 */
export async function registerSource(session: Session, paths: readonly string[], options: AddOptions): Promise<Source> {
  const spec = specOf(paths, options);
  const usual = { ...defaultPolicy(await openedRepository(session), 'per-file'), keep: keepEverything };
  const policy = policyFrom(options, usual);
  return session.service.call('sources.add', { name: nameOf(spec, options), spec, policy });
}

/** Changes what is said and leaves the rest. */
export async function setSource(session: Session, wanted: string, options: AddOptions): Promise<ExitCode> {
  const { id, name, spec, policy } = await knownSource(session, wanted);
  const changed = {
    name: options.name ?? name,
    spec: specOfPlaces(placesWith(options, placesOf(spec))),
    policy: await movedPolicy(session, policyFrom(options, policy)),
  };
  if (isDeepStrictEqual(changed, { name, spec, policy })) {
    throw new StillpointError({
      kind: 'wrong-usage',
      message: 'Nothing is to be changed.',
      guidance: '`stillpoint sources set --help` says what can be.',
    });
  }
  const { service } = session;
  const isMore = !isDeepStrictEqual({ name, spec }, { name: changed.name, spec: changed.spec });
  const source = isMore
    ? await service.call('sources.update', { id, ...changed })
    : await service.call('sources.setPolicy', { id, policy: changed.policy });
  session.output.result(
    { type: 'source', ...source },
    [`Changed ${source.name}.`, scheduleSentence(source.policy.schedule), ...stillSentences(source.policy.still)].join(
      ' ',
    ),
  );
  return exitCodes.done;
}

export async function listSources(session: Session): Promise<ExitCode> {
  const sources = await session.service.call('sources.list', {});
  for (const source of sources) {
    session.output.result({ type: 'source', ...source }, `${source.id}  ${source.name}  ${describeSpec(source.spec)}`);
  }
  if (sources.length === 0)
    session.output.result({ type: 'sources', count: 0 }, 'No sources yet: stillpoint sources add PATH');
  return exitCodes.done;
}

export async function removeSource(session: Session, wanted: string): Promise<ExitCode> {
  const source = await knownSource(session, wanted);
  await session.service.call('sources.remove', { id: source.id });
  session.output.result({ type: 'source-removed', id: source.id }, `Removed ${source.name}. Its snapshots stay.`);
  return exitCodes.done;
}

/** By id, name or place, several places in whatever order; undefined when nothing fits. */
export async function findSource(session: Session, ...wanted: readonly string[]): Promise<Source | undefined> {
  const sources = await session.service.call('sources.list', {});
  const [name] = wanted;
  const places = specOf(wanted, {});
  const named = (of: (source: Source) => string): Source | undefined =>
    wanted.length === 1 ? sources.find((source) => of(source) === name) : undefined;
  return (
    named(({ id }) => id) ?? named((source) => source.name) ?? sources.find(({ spec }) => isSamePlaces(spec, places))
  );
}

export async function knownSource(session: Session, wanted: string): Promise<Source> {
  const source = await findSource(session, wanted);
  if (source) return source;
  throw new StillpointError({
    kind: 'unknown-source',
    field: 'SOURCE',
    message: `There is no source "${wanted}".`,
    guidance: '`stillpoint sources list` lists them.',
  });
}

function specOf(paths: readonly string[], options: ExcludeOptions): SourceSpec {
  return specOfPlaces(
    placesWith(
      options,
      paths.map((path) => filesystemSpec(resolve(path))),
    ),
  );
}

function specOfPlaces(places: ReturnType<typeof placesWith>): SourceSpec {
  const [only] = places;
  return only !== undefined && places.length === 1 ? only : { kind: 'group', members: places };
}

function nameOf(spec: SourceSpec, { name }: AddOptions): string {
  if (name !== undefined) return name;
  const [first = '', ...others] = specPaths(spec).map((path) => basename(path) || path);
  const [second] = others;
  if (second === undefined) return first;
  return others.length === 1 ? `${first} and ${second}` : `${first} and ${others.length} more`;
}

/** That nothing was written while it was copied cannot be promised of a live copy: its absence is no reason for an alarm. */
function reachable({ chosen }: Preflight): ConsistencyLevel {
  return chosen.method === 'live' ? 'per-file' : chosen.level;
}

/** Where `--repo` names another repository, the source is kept there from then on. */
async function movedPolicy(session: Session, policy: Policy): Promise<Policy> {
  if (session.options.repo === undefined) return policy;
  return { ...policy, repositoryId: await openedRepository(session) };
}
