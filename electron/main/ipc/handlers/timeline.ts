import { composeTimeline } from '../../jobs/timeline.ts';
import type { HandlersOf } from '../handlers.ts';
import type { Services } from '../services.ts';

type Needs = Pick<Services, 'drawn' | 'now' | 'sources'>;

export function timelineHandlers({ drawn, now, sources }: Needs): HandlersOf<'timeline'> {
  return {
    'timeline.get': async () => {
      const [registered, { snapshots, failures }] = await Promise.all([sources.listOrLastKnown(), drawn.get()]);
      return composeTimeline(registered, snapshots, failures, now());
    },
  };
}
