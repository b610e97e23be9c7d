import { asStillpointError, isStillpointError } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import { sealOverhead } from '../crypto/sealer.ts';
import { damaged } from '../failures.ts';
import { readKeyFile } from '../keys/key-store.ts';
import type { CheckContext } from './finding.ts';

/**
 * Looks whether every password's file is what was written and says what a key file says. Whether its password opens it is not
 * found out: that takes the password.
 */
export async function checkKeys(backend: Backend, context: CheckContext): Promise<void> {
  const files = await backend.list('key', { signal: context.signal });
  let whole = 0;
  for (const { name } of files) {
    try {
      const file = await readKeyFile(backend, name);
      // Removed meanwhile.
      if (file === undefined) continue;
      if (file.data.length <= sealOverhead || file.salt.length === 0) throw damaged('It holds no key.');
      whole += 1;
    } catch (error) {
      if (!isStillpointError(error, 'repository-damaged') && !isStillpointError(error, 'unsupported-format'))
        throw error;
      const text = `The key file ${name.slice(0, 8)} cannot be used, and its password opens nothing: ${asStillpointError(error).message} Remove it, and add the password again.`;
      context.report({ severity: 'warning', code: 'key-damaged', text, affects: [], file: name });
    }
  }
  if (whole < 2) return;
  const text = `${whole} key files are as they were written. Which passwords open those that were not used now is known only with them.`;
  context.report({ severity: 'info', code: 'keys-unopened', text, affects: [] });
}
