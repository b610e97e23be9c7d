import { StillpointError } from '../../../shared/errors/index.ts';
import type { CommandRight } from '../../../shared/helper/command.ts';
import type { HelperCommandName } from '../../../shared/helper/contract.ts';
import type { Authority } from '../server/dispatch.ts';
import type { Caller } from './caller.ts';

/** Asks the system whether an administrator consents; polkit in the product, a table in tests. */
export type AskConsent = (action: string, signal: AbortSignal) => Promise<'granted' | 'refused' | 'unavailable'>;

export const registerAction = 'dev.stillpoint.register';

/**
 * A helper without more rights than its caller can grant everything: the kernel already limits it. One with more rights
 * changes its registry only with an administrator's consent; file access then still happens as the caller.
 */
export function authorityFor(caller: Caller, askConsent: AskConsent): Authority {
  return {
    async require(right: CommandRight, command: HelperCommandName, signal: AbortSignal): Promise<void> {
      if (!caller.elevatedFor || right !== 'register') return;
      const consent = await askConsent(registerAction, signal);
      if (consent === 'granted') return;
      throw new StillpointError({
        kind: 'authorization-refused',
        message:
          consent === 'refused'
            ? 'An administrator did not agree to change what Stillpoint protects.'
            : 'No administrator could be asked: this system has no polkit agent running.',
        guidance: 'Ask an administrator, or go on without still points: Stillpoint then copies live and says so.',
        context: { command },
      });
    },
  };
}
