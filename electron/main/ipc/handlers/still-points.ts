import type { HandlersOf } from '../handlers.ts';
import type { Services } from '../services.ts';

export function stillPointHandlers({ access, trials }: Pick<Services, 'access' | 'trials'>): HandlersOf<'stillPoints'> {
  return {
    'stillPoints.trialState': (target) => trials.stateOf(target),
    'stillPoints.tryOut': (target) => trials.tryOut(target),
    'stillPoints.cancelTrial': async (target) => {
      trials.cancel(target);
      return {};
    },
    'stillPoints.skipTrial': (target) => trials.skip(target),
    'stillPoints.hooks': () => access.call('hooks.list', {}),
  };
}
