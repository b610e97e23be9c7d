import { dirname } from 'node:path';
import type { PlaceProbe } from '../../../../shared/domain/repository.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { Backend } from '../../repository/index.ts';
import { mountOf } from '../../system/mounts.ts';
import { isRemovable } from '../../system/removable.ts';
import { spaceOf } from '../../system/space.ts';

type Looks = Pick<PlaceProbe, 'state' | 'explanation'>;

/** Runs a look in the caller's name: the place is the caller's word. */
export type AsCaller = <T>(work: () => T) => T;

/** What is at a place that somebody picked for a repository. Looks only; the password is not needed. */
export async function probePlace(path: string, backend: Backend, asCaller: AsCaller): Promise<PlaceProbe> {
  const looks = await look(path, backend, asCaller);
  const rest = asCaller(() => surroundings(nearestExisting(path)));
  return { ...looks, repositoryId: null, ...rest };
}

async function look(path: string, backend: Backend, asCaller: AsCaller): Promise<Looks> {
  let content: Awaited<ReturnType<Backend['probe']>>;
  try {
    content = await backend.probe();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const state = isStillpointError(error, 'not-permitted') ? 'not-writable' : 'unreachable';
    return { state, explanation: reason };
  }
  switch (content) {
    case 'repository':
      return { state: 'repository', explanation: 'There is a repository here.' };
    case 'occupied':
      return {
        state: 'occupied',
        explanation: 'There are other files here. Choose an empty folder; a new one inside this is fine.',
      };
    case 'empty':
      return (
        asCaller(() => readOnly(path)) ?? {
          state: 'empty',
          explanation: 'An empty folder: a new repository fits here.',
        }
      );
    case 'absent': {
      const nearest = asCaller(() => nearestExisting(path));
      if (nearest !== dirname(path))
        return { state: 'unreachable', explanation: `There is no folder ${dirname(path)}.` };
      return asCaller(() => readOnly(nearest)) ?? { state: 'new', explanation: 'The folder will be made.' };
    }
  }
}

function readOnly(path: string): Looks | null {
  const mount = mountOf(path);
  if (!mount.options.includes('ro')) return null;
  return { state: 'not-writable', explanation: `${mount.mountPoint} is mounted read-only.` };
}

function nearestExisting(path: string): string {
  for (let at = path; at !== '/'; at = dirname(at)) {
    try {
      mountOf(at);
      return at;
    } catch {
      // Not there, or not to be seen: its parent may be.
    }
  }
  return '/';
}

function surroundings(path: string): Pick<PlaceProbe, 'freeBytes' | 'filesystem' | 'removable'> {
  try {
    const mount = mountOf(path);
    const { fsType, mountPoint } = mount;
    return {
      freeBytes: Number(spaceOf(path).available),
      filesystem: `${fsType} at ${mountPoint}`,
      removable: isRemovable(mount),
    };
  } catch {
    return { freeBytes: null, filesystem: 'unknown', removable: false };
  }
}
