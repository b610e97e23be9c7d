import { join } from 'node:path';
import type { Caller } from './authority/caller.ts';

/** Where the helper and the app keep things. None of it is ever part of a source, nor on a filesystem that is frozen. */
export interface Directories {
  /** Registry of sources and repositories. */
  readonly registryFile: string;
  /** There when scheduled runs may hold filesystems still; beside the registry, and as well kept. */
  readonly scheduleConsentFile: string;
  /** Journals and records of restores. */
  readonly restores: string;
  /** Where a copy taken inside a pause may be kept until it is stored; files there have no name. */
  readonly scratch: string;
  /** What is known of snapshots of volumes while they exist; one folder for all callers where the helper is root. */
  readonly snapshotRecords: string;
  /** Everything of ours, for those who must keep away from it: also the app's settings, catalog and logs. */
  readonly own: readonly string[];
}

const scheduleConsentName = 'scheduled-still-points.json';
const systemState = '/var/lib/stillpoint';

/**
 * Per XDG Base Directory for a helper that works with its user's own rights; below a root-owned directory, by uid, for
 * one that has more. Then no variable of the caller is looked at: whoever chose the directory could choose its content.
 */
export function directoriesFor(
  caller: Caller,
  home: string,
  environment: Readonly<Record<string, string | undefined>>,
): Directories {
  const xdg = (variable: string, fallback: string): string => {
    const value = caller.elevatedFor ? undefined : environment[variable];
    return join(value?.startsWith('/') ? value : join(home, fallback), 'stillpoint');
  };
  const config = xdg('XDG_CONFIG_HOME', '.config');
  const data = xdg('XDG_DATA_HOME', '.local/share');
  const state = xdg('XDG_STATE_HOME', '.local/state');
  const cache = xdg('XDG_CACHE_HOME', '.cache');
  const app = [config, data, state, cache];
  if (!caller.elevatedFor) {
    return {
      registryFile: join(config, 'registry.json'),
      scheduleConsentFile: join(config, scheduleConsentName),
      restores: join(state, 'restores'),
      scratch: join(cache, 'scratch'),
      snapshotRecords: join(state, 'snapshots'),
      own: app,
    };
  }
  const mine = join(systemState, 'callers', String(caller.uid));
  return {
    registryFile: join(mine, 'registry.json'),
    scheduleConsentFile: join(mine, scheduleConsentName),
    restores: join(mine, 'restores'),
    scratch: join(systemState, 'scratch'),
    snapshotRecords: join(systemState, 'snapshots'),
    own: [systemState, ...app],
  };
}
