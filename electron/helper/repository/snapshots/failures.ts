import type { SnapshotId } from '../../../../shared/domain/ids.ts';
import { StillpointError } from '../../../../shared/errors/index.ts';

export function unknownSnapshot(id: SnapshotId): StillpointError {
  return new StillpointError({
    kind: 'unknown-snapshot',
    message: `There is no snapshot ${id.slice(0, 8)} in this repository any more.`,
    guidance: 'Reload the timeline: it was removed, or its labels were changed, which gives it another id.',
    context: { snapshot: id },
  });
}
