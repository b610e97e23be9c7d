import { isStillpointError, type StillpointError } from '../../../../shared/errors/index.ts';
import type { Documents } from '../documents.ts';

/**
 * Where nothing may be deleted a lock turns stale by itself: it is in the way of others for so long, and no longer. What
 * forbids it, where something does.
 */
export async function removeIfAllowed(documents: Documents, id: string): Promise<StillpointError | undefined> {
  try {
    await documents.remove('lock', id);
    return undefined;
  } catch (error) {
    if (!isStillpointError(error, 'not-permitted')) throw error;
    return error;
  }
}
