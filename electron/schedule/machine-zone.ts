import { readlinkSync } from 'node:fs';

/**
 * The IANA name of the zone that the machine is set to now. A process knows the one it was started in; where the machine has
 * been set to another since, times of day mean that one.
 */
export function machineZone(): string {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (process.env.TZ) return own;
  try {
    const [, name] = /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(readlinkSync('/etc/localtime')) ?? [];
    if (name === undefined) return own;
    // Throws for a name that is not known.
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return own;
  }
}
