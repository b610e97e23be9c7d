import { accessSync, constants } from 'node:fs';

/** Whether RCU can be hurried for the time of the freeze, which makes the freeze call ten times shorter. */
export function canExpediteRcu(): boolean {
  try {
    accessSync('/sys/kernel/rcu_expedited', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
