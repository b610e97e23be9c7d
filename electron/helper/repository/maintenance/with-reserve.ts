import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';

/** Where there is no room for `work`, frees what is kept back and does it once more: it must be able to go on. */
export async function withReserve(backend: Backend, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isStillpointError(error, 'repository-full')) throw error;
    if ((await backend.releaseReserve?.()) !== true) throw error;
    await work();
  }
}
