import { accessSync, constants, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/**
 * This folder, made for the user alone where it is missing. Where the home cannot be written it is one of the same name that
 * goes with the session: for what nothing starts without, and what can be lost.
 */
export function usableFolder(folder: string, runtimeFolder: string | undefined): string {
  const name = basename(folder);
  const places = [folder, ...(runtimeFolder?.startsWith('/') ? [join(runtimeFolder, 'stillpoint', name)] : [])];
  return places.find(canWrite) ?? mkdtempSync(join(tmpdir(), `stillpoint-${name}-`));
}

function canWrite(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
