import { msToInstant } from '../../../shared/domain/time.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { Handlers } from '../server/service.ts';
import { processAbilities } from '../system/capabilities.ts';
import type { HelperContext } from './context.ts';

type ScheduleHandlers = Pick<
  Handlers,
  'machine.conditions' | 'schedule.allowStillPoints' | 'schedule.forbidStillPoints'
>;

export function scheduleHandlers({ machineConditions, scheduleConsent }: HelperContext): ScheduleHandlers {
  return {
    'machine.conditions': () => machineConditions(),
    'schedule.allowStillPoints': async () => {
      // Where nothing can be held, a record of it would promise what does not happen.
      if (!processAbilities().canFreeze) throw cannotHold();
      scheduleConsent.give(msToInstant(Date.now()));
      return {};
    },
    'schedule.forbidStillPoints': async () => {
      scheduleConsent.withdraw();
      return {};
    },
  };
}

function cannotHold(): StillpointError {
  return new StillpointError({
    kind: 'freeze-not-permitted',
    message: 'Stillpoint runs with your own rights here and can hold nothing still, in scheduled runs neither.',
    guidance: 'Allow still points first.',
  });
}
