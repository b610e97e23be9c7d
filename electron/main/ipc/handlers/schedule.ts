import { machineZone } from '../../../schedule/index.ts';
import type { HandlersOf } from '../handlers.ts';
import type { Services } from '../services.ts';

type Needs = Pick<Services, 'access' | 'announce' | 'autostart' | 'helper' | 'schedule' | 'views'>;

export function scheduleHandlers(services: Needs): HandlersOf<'schedule' | 'keep'> {
  const { access, announce, autostart, helper, schedule, views } = services;
  return {
    'schedule.state': async () => {
      // A desktop's own tools change it too; what cannot be looked at is as it was.
      await autostart.look().catch(() => undefined);
      return schedule.state;
    },
    'schedule.pause': ({ until }) => schedule.pause(until),
    'schedule.allowStillPoints': async ({ allowed }) => {
      const state = await helper.allowStillPoints(allowed);
      announce(['sources', 'schedule']);
      return state;
    },
    'schedule.quiet': ({ sourceId }) => views.quietOf(sourceId),
    'keep.plan': (params) => access.call('keep.plan', { ...params, zone: machineZone() }),
  };
}
