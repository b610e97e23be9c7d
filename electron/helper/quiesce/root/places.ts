import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import { filesystemsUnder } from '../../system/dependencies.ts';
import { deviceNumber } from '../../system/mounts.ts';

/** What a running desktop waits for when it cannot be written: programs, logs, locks, the sockets everybody talks over. */
export const systemPlaces = [
  ...['/', '/usr', '/etc', '/opt', '/run', '/tmp', '/dev/shm'],
  ...[
    '/var',
    '/var/log',
    '/var/log/journal',
    '/var/log/audit',
    '/var/lib',
    '/var/lib/dbus',
    '/var/lib/systemd',
    '/var/tmp',
  ],
] as const;

/**
 * The first of the places that needs the source's filesystem, whatever lies between: loop devices, overlays. A place that
 * is not there stands where it would be made.
 */
export function placeOn(facts: Pick<FilesystemFacts, 'mount'>, places: readonly string[]): string | undefined {
  const source = deviceNumber(facts.mount);
  return places.find((path) => filesystemsUnder(path).has(source));
}
