import { sha256 } from '../../crypto/hash.ts';
import type { Backend } from '../contract.ts';
import { describeFile } from '../contract.ts';
import { around } from './around.ts';

/** A file that differs this often is damaged where it is kept; what was read is then the caller’s to judge. */
const readings = 3;

/**
 * Reads a whole file again when its bytes are not what its name says: between here and there something cut or changed them.
 * Parts of files are judged by who opens what is sealed in them.
 */
export function readingWhole(inner: Backend, onDiffers?: (what: string) => void): Backend {
  return around(inner, async ({ operation, file, range, options }, run) => {
    if (operation !== 'load' || range !== undefined || file === undefined || file.kind === 'config')
      return run(options);
    for (let reading = 1; ; reading += 1) {
      const result = await run(options);
      if (!Buffer.isBuffer(result) || reading === readings || sha256(result) === file.name) return result;
      onDiffers?.(describeFile(file));
    }
  });
}
