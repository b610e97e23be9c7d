import type { SourceId } from '../../../shared/domain/ids.ts';
import { defaultLongestStallMs } from '../../../shared/domain/policy.ts';
import { describeSpec, type Source, type SourceSpec } from '../../../shared/domain/source.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { repositoryById, sourceById } from '../authority/registry.ts';
import { preflightOf } from '../pipeline/preflight.ts';
import type { Handlers } from '../server/service.ts';
import type { HelperContext } from './context.ts';
import { sourceIdFor } from './source-ids.ts';

type SourceHandlers = Pick<
  Handlers,
  'sources.list' | 'sources.preflight' | 'sources.add' | 'sources.update' | 'sources.remove'
>;

export function sourceHandlers(context: HelperContext): SourceHandlers {
  const { registry, caller, stages } = context;

  async function put(
    id: SourceId,
    source: Pick<Source, 'name' | 'spec' | 'policy'>,
    signal: AbortSignal,
  ): Promise<Source> {
    repositoryById(registry, caller.uid, source.policy.repositoryId);
    await stages.examine(source.spec, signal);
    const registered = { id, ...source, ownerUid: caller.uid };
    registry.putSource(registered);
    return registered;
  }

  return {
    'sources.list': async () => [...registry.sources(caller.uid)],
    'sources.preflight': ({ spec, policy }, { signal }) =>
      preflightOf(
        spec,
        {
          requiredLevel: policy.requiredLevel ?? 'per-file',
          longestStallMs: policy.longestStallMs ?? defaultLongestStallMs,
        },
        stages,
        signal,
      ),
    'sources.add': async ({ name, spec, policy }, { signal }) => {
      refuseTwice(registry.sources(caller.uid), null, spec, policy.repositoryId);
      const { repositoryId } = policy;
      const place = { hostname: stages.author.hostname, uid: caller.uid, spec, repositoryId };
      return put(sourceIdFor(place, registry.sources(caller.uid)), { name, spec, policy }, signal);
    },
    'sources.update': async ({ id, ...source }, { signal }) => {
      sourceById(registry, caller.uid, id);
      refuseTwice(registry.sources(caller.uid), id, source.spec, source.policy.repositoryId);
      return put(id, source, signal);
    },
    'sources.remove': async ({ id }) => {
      sourceById(registry, caller.uid, id);
      registry.removeSource(id);
      return {};
    },
  };
}

/** The same place twice into the same repository is a mistake: two lanes would show one thing. */
function refuseTwice(sources: readonly Source[], id: SourceId | null, spec: SourceSpec, repositoryId: string): void {
  const place = describeSpec(spec);
  const other = sources.find(
    (source) => source.id !== id && describeSpec(source.spec) === place && source.policy.repositoryId === repositoryId,
  );
  if (!other) return;
  throw new StillpointError({
    kind: 'already-exists',
    field: 'spec.path',
    message: `${place} is protected already, as ${other.name}.`,
    guidance: 'Change that source instead, or choose another folder.',
  });
}
