import { StillpointError } from '../../shared/errors/index.ts';
import type { HelperState } from '../../shared/ipc/app.ts';
import type { Asking, HelperSupervisor } from './helper-client/supervisor.ts';
import type { HelperPort } from './ipc/services.ts';
import type { RightsWish } from './settings/rights-wish.ts';

/** The helper's rights, as a person or a start asks for them. */
export interface Rights extends HelperPort {
  /** `mayAsk: false` asks nobody, and takes what can be had so. Default: asks. */
  requestRights(asking?: Asking): Promise<HelperState>;
  /**
   * Lets scheduled runs hold filesystems still without asking from now on, or no longer. Both need the helper with rights,
   * which is asked for first where it is not there. Rejects with words when it is not done.
   */
  allowStillPoints(allowed: boolean): Promise<HelperState>;
}

/** Asking for rights, remembered: a start with a window asks by itself only where they were given before. */
export function rememberedRights(
  supervisor: Pick<HelperSupervisor, 'call' | 'nobodyAsked' | 'refresh' | 'requestRights' | 'state'>,
  wish: Pick<RightsWish, 'set'>,
): Rights {
  const requestRights = async (asking: Asking = { mayAsk: true }): Promise<HelperState> => {
    const state = await supervisor.requestRights(asking);
    // What was had without a question is nobody's wish, and what was not had is nobody's refusal.
    if (asking.mayAsk && !supervisor.nobodyAsked) await wish.set(!state.refused);
    return state;
  };
  return {
    get state(): HelperState {
      return supervisor.state;
    },
    refresh: () => supervisor.refresh(),
    requestRights,
    allowStillPoints: async (allowed) => {
      if (supervisor.state.canAskForRights) await requestRights();
      // Still to be asked for: they were not given, or wait for a run to end.
      if (supervisor.state.canAskForRights) throw notHolding(allowed, supervisor.state.explanation);
      await supervisor.call(allowed ? 'schedule.allowStillPoints' : 'schedule.forbidStillPoints', {});
      return supervisor.refresh();
    },
  };
}

function notHolding(allowed: boolean, explanation: string): StillpointError {
  return new StillpointError({
    kind: 'not-permitted',
    message: allowed
      ? `Scheduled still points need what Stillpoint may not do here yet: ${explanation}`
      : `Only the helper with more rights can take this back, and it is not there: ${explanation}`,
    guidance: 'Allow still points first, then try again.',
    retryable: true,
  });
}
