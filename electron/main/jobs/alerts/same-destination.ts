import type { AlertChannel } from '../../../../shared/domain/alerts.ts';

/** Whether a secret that was entered for one channel would go to the same place, in the same way, over the other. */
export function sameDestination(before: AlertChannel, after: AlertChannel): boolean {
  switch (after.kind) {
    case 'mail':
      return (
        before.kind === 'mail' &&
        before.server === after.server &&
        before.port === after.port &&
        before.security === after.security &&
        before.username === after.username
      );
    case 'ntfy':
      return before.kind === 'ntfy' && before.server === after.server;
    // The address itself is what is secret.
    case 'webhook':
    case 'healthchecks':
      return before.kind === after.kind;
  }
}
