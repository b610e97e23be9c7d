import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { Documents } from '../documents.ts';

/** Where nothing may be deleted a lock turns stale by itself: it is in the way of others for so long, and no longer. */
export async function removeIfAllowed(documents: Documents, id: string): Promise<void> {
  try {
    await documents.remove('lock', id);
  } catch (error) {
    if (!isStillpointError(error, 'not-permitted')) throw error;
  }
}
