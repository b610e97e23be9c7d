import { instantToMs } from '../../../../shared/domain/time.ts';
import type { RunView } from '../../../../shared/ipc/runs.ts';
import type { HandlersOf } from '../handlers.ts';
import type { Services } from '../services.ts';

type Needs = Pick<Services, 'backups' | 'catalog' | 'logs' | 'runs' | 'sources' | 'sync'>;

export function runHandlers({ backups, catalog, logs, runs, sources, sync }: Needs): HandlersOf<'backup' | 'runs'> {
  return {
    'backup.start': async ({ sourceId }) => {
      return { runId: backups.start(await sources.get(sourceId)) };
    },
    'runs.cancel': async ({ runId }) => {
      runs.cancel(runId);
      return {};
    },
    'runs.list': async ({ limit, before }) => {
      const kept = await catalog.listRuns(limit, before);
      return newestFirst([...runs.active, ...kept, ...sync.unsettled])
        .filter((run) => before === undefined || instantToMs(run.startedAt) < instantToMs(before))
        .slice(0, limit);
    },
    'runs.get': async ({ runId }) =>
      runs.active.find((run) => run.runId === runId) ??
      (await catalog.getRun(runId)) ??
      (await runs.fromLog(runId))?.view ??
      null,
    'runs.log': ({ runId }) => logs.read(runId),
  };
}

/** Each run once; one that is under way counts before what is kept of it. */
function newestFirst(runs: readonly RunView[]): RunView[] {
  const each = new Map<string, RunView>();
  for (const run of runs) if (!each.has(run.runId)) each.set(run.runId, run);
  return [...each.values()].sort((a, b) => instantToMs(b.startedAt) - instantToMs(a.startedAt));
}
