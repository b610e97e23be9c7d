import { locationText, type RepositoryLocation } from '../../../../shared/domain/location.ts';
import type { PlaceProbe } from '../../../../shared/domain/repository.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { Backend } from '../../repository/index.ts';

/** What is at a place elsewhere. Looks only; errors that name a field go on to whoever typed it. */
export async function probeRemote(location: RepositoryLocation, backend: Backend): Promise<PlaceProbe> {
  const rest = { repositoryId: null, freeBytes: null, filesystem: locationText(location), removable: false };
  try {
    return { ...looks[await backend.probe()], ...rest };
  } catch (error) {
    if (isStillpointError(error) && error.field !== undefined) throw error;
    const explanation = error instanceof Error ? error.message : String(error);
    return { state: isStillpointError(error, 'not-permitted') ? 'not-writable' : 'unreachable', explanation, ...rest };
  }
}

const looks = {
  repository: { state: 'repository', explanation: 'There is a repository here.' },
  occupied: { state: 'occupied', explanation: 'There are other files here. Choose another path.' },
  empty: { state: 'empty', explanation: 'Nothing is here: a new repository fits.' },
  absent: { state: 'new', explanation: 'The place will be made.' },
} as const satisfies Record<string, Pick<PlaceProbe, 'state' | 'explanation'>>;

/** Whether a line of somebody else is used for it. What rclone reaches may be a disk; that is not told. */
export function isNetwork({ kind }: RepositoryLocation): boolean {
  return kind !== 'local';
}
