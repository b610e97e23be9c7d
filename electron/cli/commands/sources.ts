import { basename, resolve } from 'node:path';
import { type ConsistencyLevel, consistencyLevelSchema } from '../../../shared/domain/level.ts';
import { defaultLongestStallMs } from '../../../shared/domain/policy.ts';
import { describeSpec, type Source } from '../../../shared/domain/source.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { formatDuration } from '../output/units.ts';
import { openedRepository, type Session } from '../session.ts';

export interface AddOptions {
  readonly name?: string;
  readonly exclude?: readonly string[];
  readonly longestStall?: string;
  readonly level?: string;
}

export async function addSource(session: Session, path: string, options: AddOptions): Promise<ExitCode> {
  const source = await registerSource(session, path, options);
  const preflight = await session.service.call(
    'sources.preflight',
    { spec: source.spec, policy: source.policy },
    { signal: session.signal },
  );
  const { chosen, leftOut } = preflight;
  const promise = `You will get: ${chosen.level} by ${chosen.method}${chosen.expectedStallMs > 0 ? `, writers pause about ${formatDuration(chosen.expectedStallMs)}` : ''}.`;
  const reasons = preflight.considered.flatMap(({ method, reasons }) =>
    reasons.map((reason) => `  ${method}: ${reason}`),
  );
  const left = leftOut.map((note) => `  Left out: ${note.path} (${note.reason})`);
  session.output.result(
    { type: 'source', ...source, preflight },
    [`Added ${source.name} as ${source.id}.`, promise, ...reasons, ...left].join('\n'),
  );
  return exitCodes.done;
}

export async function registerSource(session: Session, path: string, options: AddOptions): Promise<Source> {
  const repositoryId = await openedRepository(session);
  const absolute = resolve(path);
  return session.service.call('sources.add', {
    name: options.name ?? (basename(absolute) || absolute),
    spec: {
      kind: 'filesystem',
      path: absolute,
      excludes: (options.exclude ?? []).map((exclude) => resolve(absolute, exclude)),
    },
    policy: {
      repositoryId,
      requiredLevel: parseLevel(options.level ?? 'per-file'),
      longestStallMs: parseMilliseconds(options.longestStall),
    },
  });
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
  const source = await findSource(session, wanted);
  if (!source) {
    throw new StillpointError({
      kind: 'unknown-source',
      field: 'SOURCE',
      message: `There is no source "${wanted}".`,
      guidance: '`stillpoint sources list` lists them.',
    });
  }
  await session.service.call('sources.remove', { id: source.id });
  session.output.result({ type: 'source-removed', id: source.id }, `Removed ${source.name}. Its snapshots stay.`);
  return exitCodes.done;
}

/** By id, name or place; undefined when nothing fits. */
export async function findSource(session: Session, wanted: string): Promise<Source | undefined> {
  const sources = await session.service.call('sources.list', {});
  const place = resolve(wanted);
  return (
    sources.find(({ id }) => id === wanted) ??
    sources.find(({ name }) => name === wanted) ??
    sources.find(({ spec }) => describeSpec(spec) === place)
  );
}

function parseLevel(text: string): ConsistencyLevel {
  const level = consistencyLevelSchema.safeParse(text);
  if (level.success) return level.data;
  throw new StillpointError({
    kind: 'wrong-usage',
    field: '--level',
    message: `"${text}" is no consistency level.`,
    guidance: `Use one of ${consistencyLevelSchema.options.join(', ')}.`,
  });
}

function parseMilliseconds(text: string | undefined): number {
  if (text === undefined) return defaultLongestStallMs;
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 60_000) return Number(text);
  throw new StillpointError({
    kind: 'wrong-usage',
    field: '--longest-stall',
    message: `"${text}" is not a number of milliseconds from 1 to 60000.`,
    guidance: `Leave it out for ${defaultLongestStallMs}.`,
  });
}
