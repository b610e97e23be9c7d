import { msToInstant } from '../../../shared/domain/time.ts';
import type { Handlers } from '../server/service.ts';
import type { HelperContext } from './context.ts';

type ScheduleHandlers = Pick<
  Handlers,
  'machine.conditions' | 'schedule.allowStillPoints' | 'schedule.forbidStillPoints'
>;

export function scheduleHandlers({ scheduleConsent }: HelperContext): ScheduleHandlers {
  return {
    'machine.conditions': async () => ({ onMains: null, metered: null, sleepAnnounced: false }),
    'schedule.allowStillPoints': async () => {
      scheduleConsent.give(msToInstant(Date.now()));
      return {};
    },
    'schedule.forbidStillPoints': async () => {
      scheduleConsent.withdraw();
      return {};
    },
  };
}
