import { accessSync, constants, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder for what the browser inside keeps and for the lock of the single instance, made where it is missing. Where the
 * home cannot be written it is one that goes with the session, because without that lock nothing starts at all.
 */
export function browserFolder(state: string, runtimeFolder: string | undefined): string {
  const places = [state, ...(runtimeFolder?.startsWith('/') ? [join(runtimeFolder, 'stillpoint')] : [])];
  for (const place of places) {
    const folder = join(place, 'window');
    if (canWrite(folder)) return folder;
  }
  return mkdtempSync(join(tmpdir(), 'stillpoint-window-'));
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
