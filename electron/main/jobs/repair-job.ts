import type { RepositoryId } from '../../../shared/domain/ids.ts';
import type { RunResult } from '../../../shared/domain/run.ts';
import type { RepairWish } from '../../../shared/ipc/repositories.ts';
import { beforeEnd } from './before-end.ts';
import type { MaintenanceParts } from './prune-job.ts';
import type { RunHandle, RunRequest } from './run-service.ts';

export interface RepairJob {
  readonly id: RepositoryId;
  readonly name: string;
  readonly dryRun: boolean;
  readonly wish: RepairWish;
}

const titles = { index: 'the index', packs: 'damaged data files', snapshots: 'snapshots that are not whole' } as const;

/** Repairs one kind of thing; a dry run only says what that would do. */
export function repairJob(parts: MaintenanceParts, { id, name, dryRun, wish }: RepairJob): RunRequest {
  const what = titles[wish.what];
  return {
    kind: 'repair',
    title: dryRun ? `Look what repairing ${what} of ${name} would do` : `Repair ${what} of ${name}`,
    sourceId: null,
    repositoryId: id,
    keys: [`repository:${id}`],
    perform: async (run) => {
      await parts.access.requireReady(id);
      return repaired(parts, id, dryRun, wish, run);
    },
  };
}

async function repaired(
  { access, reports }: MaintenanceParts,
  id: RepositoryId,
  dryRun: boolean,
  wish: RepairWish,
  { runId, signal, onEvent }: RunHandle,
): Promise<RunResult> {
  const of = { id, runId, dryRun };
  const options = { signal, onEvent: beforeEnd(onEvent) };
  switch (wish.what) {
    case 'index': {
      const { readAll } = wish;
      const { run, report } = await access.call('repositories.repairIndex', { ...of, readAll }, options);
      reports.put(runId, { kind: 'repair-index', dryRun, report });
      return run;
    }
    case 'packs': {
      const { run, report } = await access.call('repositories.repairPacks', { ...of, packs: [] }, options);
      reports.put(runId, { kind: 'repair-packs', dryRun, report });
      return run;
    }
    case 'snapshots': {
      const { parts, forget } = wish;
      const params = { ...of, snapshotIds: [], parts, forget };
      const { run, report } = await access.call('repositories.repairSnapshots', params, options);
      reports.put(runId, { kind: 'repair-snapshots', dryRun, report });
      return run;
    }
  }
}
