import type { Handlers } from '../server/service.ts';
import type { HelperContext } from './context.ts';

export function registryHandlers({ registry, caller }: HelperContext): Pick<Handlers, 'registry.import'> {
  return {
    'registry.import': async ({ sources, repositories }) => {
      const ownerUid = caller.uid;
      for (const repository of repositories) registry.putRepository({ ...repository, ownerUid });
      for (const source of sources) registry.putSource({ ...source, ownerUid });
      return { sources: sources.length, repositories: repositories.length };
    },
  };
}
