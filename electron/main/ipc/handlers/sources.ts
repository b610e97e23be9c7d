import { sourceViews } from '../../jobs/source-views.ts';
import type { HandlersOf } from '../handlers.ts';
import type { Services } from '../services.ts';

type Needs = Pick<Services, 'access' | 'announce' | 'catalog' | 'drawn' | 'registryChanged' | 'runs' | 'sources'>;

export function sourceHandlers(services: Needs): HandlersOf<'sources'> {
  const { access, announce, catalog, drawn, registryChanged, runs, sources } = services;
  return {
    'sources.list': async () => {
      const [registered, repositories, { snapshots, damages }, latestBackups] = await Promise.all([
        sources.listOrLastKnown(),
        access.list().catch(() => null),
        drawn.get(),
        catalog.latestBackups(),
      ]);
      return sourceViews({ sources: registered, repositories, snapshots, damages, latestBackups, active: runs.active });
    },
    'sources.preflight': (params) => access.call('sources.preflight', params),
    'sources.add': async (params) => {
      const source = await access.call('sources.add', params);
      registryChanged();
      announce(['sources', 'timeline']);
      return source;
    },
    'sources.update': async (params) => {
      const source = await access.call('sources.update', params);
      registryChanged();
      announce(['sources', 'timeline']);
      return source;
    },
    'sources.remove': async ({ id }) => {
      await access.call('sources.remove', { id });
      registryChanged(id);
      announce(['sources', 'timeline']);
      return {};
    },
  };
}
