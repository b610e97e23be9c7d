import type { HelperState } from '../../shared/ipc/app.ts';
import type { HelperSupervisor } from './helper-client/supervisor.ts';
import type { HelperPort } from './ipc/services.ts';
import type { RightsWish } from './settings/rights-wish.ts';

/** Asking for rights, remembered: a start asks by itself only where they were given before. */
export function rememberedRights(
  supervisor: Pick<HelperSupervisor, 'requestRights' | 'state'>,
  wish: Pick<RightsWish, 'set'>,
): HelperPort {
  return {
    get state(): HelperState {
      return supervisor.state;
    },
    requestRights: async () => {
      const state = await supervisor.requestRights();
      await wish.set(!state.refused);
      return state;
    },
  };
}
