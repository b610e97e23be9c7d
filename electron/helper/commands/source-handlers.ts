import type { SourceId } from '../../../shared/domain/ids.ts';
import { defaultLongestStallMs, type Policy } from '../../../shared/domain/policy.ts';
import { describeSpec, isSamePlaces, type Source, type SourceSpec } from '../../../shared/domain/source.ts';
import { widerStill } from '../../../shared/domain/still-rules.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { Caller } from '../authority/caller.ts';
import { repositoryById, sourceById } from '../authority/registry.ts';
import { preflightOf } from '../pipeline/preflight.ts';
import type { Handlers } from '../server/service.ts';
import type { HelperContext } from './context.ts';
import { refuseUnusableHooks } from './hook-handlers.ts';
import { sourceActivity } from './source-activity.ts';
import { sourceIdFor } from './source-ids.ts';

type SourceHandlers = Pick<Handlers, Extract<keyof Handlers, `sources.${string}`>>;

export function sourceHandlers(context: HelperContext): SourceHandlers {
  const { registry, caller, stages, sources } = context;

  async function put(
    id: SourceId,
    source: Pick<Source, 'name' | 'spec' | 'policy'>,
    signal: AbortSignal,
  ): Promise<Source> {
    repositoryById(registry, caller.uid, source.policy.repositoryId);
    const before = registry.sources(caller.uid).find((each) => each.id === id)?.policy ?? null;
    refuseUnusableHooks(context.hooks, before, source.policy);
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
          still: policy.still,
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
    'sources.setPolicy': async ({ id, policy }) => {
      const source = sourceById(registry, caller.uid, id);
      refuseWider(caller, source, policy);
      refuseUnusableHooks(context.hooks, source.policy, policy);
      repositoryById(registry, caller.uid, policy.repositoryId);
      refuseTwice(registry.sources(caller.uid), id, source.spec, policy.repositoryId);
      const changed = { ...source, policy };
      registry.putSource(changed);
      return changed;
    },
    'sources.activity': async ({ id, since }, { signal }) =>
      sourceActivity(context, sourceById(registry, caller.uid, id), since, signal),
    'sources.excludeSizes': async ({ spec }, { signal }) => sources.excludeSizes(spec, { own: context.own(), signal }),
    'sources.remove': async ({ id }) => {
      sourceById(registry, caller.uid, id);
      registry.removeSource(id);
      await context.quiet.windows.remove(id).catch(() => undefined);
      return {};
    },
  };
}

/**
 * An administrator agreed to what a helper with more rights than its caller does for it: where it writes and how long it may
 * hold others up. Less of that, and everything that concerns the caller alone, may be changed without asking again.
 */
function refuseWider(caller: Caller, { policy: now }: Source, policy: Policy): void {
  if (!caller.elevatedFor) return;
  const wider =
    policy.repositoryId !== now.repositoryId
      ? { field: 'policy.repositoryId', what: 'Where its snapshots are kept' }
      : policy.longestStallMs > now.longestStallMs
        ? { field: 'policy.longestStallMs', what: 'A longer pause for everybody who writes' }
        : widerStill(now.still, policy.still);
  if (wider === null) return;
  throw new StillpointError({
    kind: 'not-permitted',
    field: wider.field,
    message: `${wider.what} needs an administrator’s consent, which this change does not ask for.`,
    guidance: 'Use Edit source, which asks an administrator, or leave that part as it was.',
  });
}

/**
 * The same place twice into the same repository is a mistake: two lanes would show one thing. A place of a group may be a source
 * of its own beside it: what they show is not the same.
 */
function refuseTwice(sources: readonly Source[], id: SourceId | null, spec: SourceSpec, repositoryId: string): void {
  const other = sources.find(
    (source) => source.id !== id && isSamePlaces(source.spec, spec) && source.policy.repositoryId === repositoryId,
  );
  if (!other) return;
  const isGroup = spec.kind === 'group';
  throw new StillpointError({
    kind: 'already-exists',
    field: isGroup ? 'spec.members' : 'spec.path',
    message: `${describeSpec(spec)} ${isGroup ? 'are' : 'is'} protected already, as ${other.name}.`,
    guidance: `Change that source instead, or choose ${isGroup ? 'other folders' : 'another folder'}.`,
  });
}
