import type { HandlersOf } from '../handlers.ts';
import type { Services } from '../services.ts';

type Needs = Pick<Services, 'access' | 'announce' | 'autostart' | 'backups' | 'registryChanged' | 'report' | 'views'>;

export function sourceHandlers(services: Needs): HandlersOf<'sources'> {
  const { access, announce, autostart, backups, registryChanged, report, views } = services;

  const changed = (removedId?: string): void => {
    registryChanged(removedId);
    announce(['sources', 'timeline', 'schedule']);
  };

  return {
    'sources.list': () => views.sources(),
    'sources.preflight': (params) => access.call('sources.preflight', params),
    'sources.add': async (params) => {
      const source = await access.call('sources.add', params);
      backups.expect(source.id);
      changed();
      void autostart.somethingIsProtected().catch((error) => report('beginning at login', error));
      return source;
    },
    'sources.update': async (params) => {
      const source = await access.call('sources.update', params);
      changed();
      return source;
    },
    'sources.setPolicy': async (params) => {
      const source = await access.call('sources.setPolicy', params);
      changed();
      return source;
    },
    'sources.excludeSizes': (params) => access.call('sources.excludeSizes', params),
    'sources.remove': async ({ id }) => {
      await access.call('sources.remove', { id });
      changed(id);
      return {};
    },
  };
}
