import { join } from 'node:path';

/** Chromium's name for the Secret Service, which most keyrings speak. */
export const secretService = 'gnome-libsecret';

export interface Surroundings {
  /** `XDG_CURRENT_DESKTOP`. */
  readonly desktop: string | undefined;
  /** `XDG_RUNTIME_DIR`. */
  readonly runtimeFolder: string | undefined;
  /** Somebody chose a store on the command line. */
  readonly isToldAlready: boolean;
}

/**
 * Which store Chromium shall be told to use; undefined: it chooses by itself. It knows stores by the name of the desktop,
 * and takes none at all under a desktop it does not know, even where a keyring is running. Only one that is running
 * already is named: asking for one that is not would start it, and hold the app up with questions of its own.
 */
export function secretStoreChoice(
  { desktop, runtimeFolder, isToldAlready }: Surroundings,
  exists: (path: string) => boolean,
): string | undefined {
  const isKde = (desktop ?? '').split(':').some((name) => name.toUpperCase() === 'KDE');
  if (isToldAlready || isKde || runtimeFolder === undefined) return undefined;
  return exists(join(runtimeFolder, 'keyring/control')) ? secretService : undefined;
}
