import { ensureAptPackages } from './apt.mjs';
import { ensureElectron } from './electron-binary.mjs';
import { ensureNodeModules } from './node-modules.mjs';

/**
 * Makes this tree ready for a purpose; does nothing, and says nothing, when it is.
 * @param {'build' | 'app' | 'test' | 'bench'} purpose
 */
export async function ensure(purpose) {
  await ensureAptPackages(purpose);
  await ensureNodeModules();
  if (purpose !== 'build') await ensureElectron();
}
