import type { HandlersOf } from '../handlers.ts';
import type { Services } from '../services.ts';

export function timelineHandlers({ views }: Pick<Services, 'views'>): HandlersOf<'timeline'> {
  return { 'timeline.get': () => views.timeline() };
}
