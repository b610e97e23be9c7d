import { StillpointError } from '../../../../shared/errors/index.ts';
import type { Backend } from '../backend/contract.ts';
import type { Documents } from '../documents.ts';
import { damaged } from '../failures.ts';

interface Place {
  readonly backend: Backend;
  readonly documents: Documents;
}

/**
 * Before anything is deleted because no snapshot is listed: by mistake of the place (a folder that is not mounted, a server
 * that answers with nothing) everything would go. It is asked a second time, and where there are packs a person has to say that
 * there are no snapshots any more. `repository-damaged` otherwise.
 */
export async function refuseWithoutSnapshots(
  { backend, documents }: Place,
  signal: AbortSignal | undefined,
  isMeant: boolean,
): Promise<void> {
  const [again] = await documents.list('snapshot');
  if (again !== undefined) {
    throw damaged('The snapshots of the repository were listed twice, and not the same: what is needed is not known.', {
      snapshot: again.name,
    });
  }
  if (isMeant) return;
  const packs = await backend.list('pack', { signal });
  if (packs.length === 0) return;
  throw new StillpointError({
    kind: 'repository-damaged',
    message: `No snapshot is listed at ${backend.location}, and there are ${packs.length} packs: all of them would be deleted.`,
    guidance:
      'If every snapshot was forgotten, or the first backup never came to its end, say so: prune --even-without-snapshots. If not, look whether the folder "snapshots" is where it should be; nothing was deleted.',
  });
}
