import type { HelperCalls } from '../jobs/ports.ts';

/** What one helper has registered and another does not know is registered there too, under the same ids. */
export async function carryOver(from: HelperCalls, to: HelperCalls): Promise<void> {
  const [sources, repositories, knownSources, knownRepositories] = await Promise.all([
    from.call('sources.list', {}),
    from.call('repositories.list', {}),
    to.call('sources.list', {}),
    to.call('repositories.list', {}),
  ]);
  const missing = {
    sources: sources.filter(({ id }) => !knownSources.some((known) => known.id === id)),
    repositories: repositories.filter(({ id }) => !knownRepositories.some((known) => known.id === id)),
  };
  if (missing.sources.length + missing.repositories.length > 0) await to.call('registry.import', missing);
}
