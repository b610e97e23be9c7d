import { protocolVersion } from '../../../shared/helper/frames.ts';
import type { Handlers } from '../server/service.ts';
import { processAbilities } from '../system/capabilities.ts';
import { machineName } from '../system/machine.ts';
import { version } from '../version.ts';
import type { HelperContext } from './context.ts';

export function statusHandlers({
  caller,
  guardProblem,
  scheduleConsent,
}: HelperContext): Pick<Handlers, 'helper.status'> {
  return {
    'helper.status': async () => {
      const { uid, canFreeze, kernel } = processAbilities();
      const reason = canFreeze
        ? guardProblem
        : 'It runs with your own rights; holding a filesystem still needs an administrator’s.';
      return {
        protocol: protocolVersion,
        version,
        pid: process.pid,
        uid,
        callerUid: caller.uid,
        canFreeze: canFreeze && guardProblem === '',
        cannotFreezeBecause: reason,
        scheduledStillPoints: scheduleConsent.isGiven,
        hostname: machineName(),
        kernel: kernel.release,
      };
    },
  };
}
