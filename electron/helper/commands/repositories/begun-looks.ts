import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BegunLooks } from '../../pipeline/give-back.ts';

/**
 * A file for each repository, in a folder of this caller; its content is sealed. Where one is lost or cannot be read or
 * written the look begins anew: that costs time and nothing else.
 */
export function openBegunLooks(
  folder: string,
  write: (path: string, bytes: Uint8Array, mode: number) => void,
): BegunLooks {
  return {
    has: (repository) => existsSync(join(folder, repository)),
    read(repository) {
      try {
        return readFileSync(join(folder, repository));
      } catch {
        return undefined;
      }
    },
    write(repository, begun) {
      try {
        if (begun === undefined) return rmSync(join(folder, repository), { force: true });
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        write(join(folder, repository), begun, 0o600);
      } catch {
        // Begun anew the next time.
      }
    },
  };
}
