import { existsSync, readFileSync } from 'node:fs';

/**
 * Whether this runs inside a container: the filesystems here may be those of the machine outside, and who else writes to
 * them cannot be seen. Sources: systemd's container interface; the files that Docker and Podman leave.
 */
export function isInContainer(): boolean {
  if (['/.dockerenv', '/run/.containerenv', '/run/systemd/container'].some((path) => existsSync(path))) return true;
  try {
    return readFileSync('/proc/1/environ', 'latin1')
      .split('\0')
      .some((entry) => /^container=./.test(entry));
  } catch {
    return false;
  }
}
