import { StillpointError } from '../../../shared/errors/index.ts';
import type { CommandRight } from '../../../shared/helper/command.ts';
import type { HelperCommandName } from '../../../shared/helper/contract.ts';
import type { Asking, Authority } from '../server/dispatch.ts';
import type { Caller } from './caller.ts';

/** `refused`: somebody said no, or a rule did. `not-asked`: somebody would have to be asked, and was not to be. */
export type Consent = 'granted' | 'refused' | 'unavailable' | 'not-asked';

/** Asks the system whether an administrator consents; polkit in the product, a table in tests. */
export type AskConsent = (action: string, asking: Asking) => Promise<Consent>;

export const registerAction = 'dev.stillpoint.register';
export const scheduleAction = 'dev.stillpoint.schedule';

/** What an administrator agrees to for which right. The others need nobody's consent. */
const consents: Partial<Readonly<Record<CommandRight, { readonly action: string; readonly to: string }>>> = {
  register: { action: registerAction, to: 'change what Stillpoint protects' },
  schedule: { action: scheduleAction, to: 'let scheduled runs hold filesystems still' },
};

/**
 * A helper without more rights than its caller can grant everything: the kernel already limits it. One with more rights
 * changes its registry, and what it does unattended, only with an administrator's consent; file access then still
 * happens as the caller.
 */
export function authorityFor(caller: Caller, askConsent: AskConsent): Authority {
  return {
    async require(right: CommandRight, command: HelperCommandName, asking: Asking): Promise<void> {
      const needed = consents[right];
      if (!caller.elevatedFor || needed === undefined) return;
      const consent = await askConsent(needed.action, asking);
      if (consent !== 'granted') throw notGranted(consent, needed.to, command);
    },
  };
}

function notGranted(consent: Exclude<Consent, 'granted'>, to: string, command: HelperCommandName): StillpointError {
  const messages = {
    refused: `An administrator did not agree to ${to}.`,
    unavailable: 'No administrator could be asked: this system has no polkit agent running.',
    'not-asked': `An administrator has to agree to ${to}, and nobody was asked.`,
  };
  return new StillpointError({
    kind: 'authorization-refused',
    message: messages[consent],
    guidance:
      consent === 'not-asked'
        ? 'Open Stillpoint and allow it there.'
        : 'Ask an administrator, or go on without still points: Stillpoint then copies live and says so.',
    context: { command },
  });
}
