import type { RepositoryId } from '../../../shared/domain/ids.ts';
import type { HelperParams } from '../../../shared/helper/contract.ts';
import { beforeEnd } from './before-end.ts';
import type { RepositoryAccess } from './repository-access.ts';
import type { RunReports } from './run-reports.ts';
import type { RunRequest } from './run-service.ts';

export interface MaintenanceParts {
  readonly access: Pick<RepositoryAccess, 'call' | 'requireReady'>;
  readonly reports: Pick<RunReports, 'put'>;
}

export interface PruneWish {
  readonly id: RepositoryId;
  readonly name: string;
  readonly dryRun: boolean;
  readonly limits: HelperParams<'repositories.prune'>['limits'];
}

/** Gives back what nothing needs; a dry run only looks. */
export function pruneJob({ access, reports }: MaintenanceParts, { id, name, dryRun, limits }: PruneWish): RunRequest {
  return {
    kind: 'forget',
    title: dryRun ? `Look what ${name} could give back` : `Give back unused space in ${name}`,
    sourceId: null,
    repositoryId: id,
    keys: [`repository:${id}`],
    perform: async ({ runId, signal, onEvent }) => {
      await access.requireReady(id);
      const wish = { id, runId, dryRun, limits };
      const { run, figures } = await access.call('repositories.prune', wish, { signal, onEvent: beforeEnd(onEvent) });
      reports.put(runId, { kind: 'prune', dryRun, figures });
      return run;
    },
  };
}
