import type { HandlersOf } from '../handlers.ts';
import type { Services } from '../services.ts';

export function alertHandlers({ alerts }: Pick<Services, 'alerts'>): HandlersOf<'alerts'> {
  return {
    'alerts.list': () => alerts.list(),
    'alerts.save': ({ channel, secret }) => alerts.save(channel, secret),
    'alerts.remove': ({ id }) => alerts.remove(id),
    'alerts.test': ({ channel, secret }) => alerts.test(channel, secret),
  };
}
