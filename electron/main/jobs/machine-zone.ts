import { readlinkSync } from 'node:fs';

/**
 * The zone that the machine is set to now, as an IANA name. A process knows the one it was started in; a machine that
 * travels is set to another one, and a time of day then means the new one.
 */
export function machineZone(): string {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (process.env.TZ) return own;
  try {
    const zone = /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(readlinkSync('/etc/localtime'))?.[1];
    return zone !== undefined && isKnown(zone) ? zone : own;
  } catch {
    return own;
  }
}

function isKnown(timeZone: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
