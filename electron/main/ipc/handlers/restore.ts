import { isStillpointError } from '../../../../shared/errors/index.ts';
import type { HandlersOf } from '../handlers.ts';
import type { Services } from '../services.ts';

type Needs = Pick<Services, 'access' | 'catalog' | 'restores'>;

export function restoreHandlers({ access, catalog, restores }: Needs): HandlersOf<'restore'> {
  return {
    'restore.putBack': ({ point, selection }) => restores.putBack(point, selection),
    'restore.plan': (request) => restores.plan(request),
    'restore.planEntries': (params) => access.call('restore.planEntries', params),
    'restore.compareText': (params) => access.call('restore.compareText', params),
    'restore.start': async ({ planId, unticked, safetySnapshot }) => ({
      runId: await restores.start(planId, unticked, safetySnapshot),
    }),
    'restore.undoable': async () => {
      try {
        return await access.call('restore.undoable', {});
      } catch (error) {
        // While the helper is away the list can be shown; taking back has to wait for it.
        if (isStillpointError(error, 'helper-unavailable') || isStillpointError(error, 'helper-crashed')) {
          return catalog.listRestores();
        }
        throw error;
      }
    },
    'restore.undo': async ({ restoreRunId }) => ({ runId: await restores.undo(restoreRunId) }),
  };
}
