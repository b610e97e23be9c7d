import { instantToMs } from '../../../../shared/domain/time.ts';
import type { RunView } from '../../../../shared/ipc/runs.ts';
import { backupJob } from '../../jobs/backup-job.ts';
import type { HandlersOf } from '../handlers.ts';
import type { Services } from '../services.ts';

type Needs = Pick<Services, 'access' | 'catalog' | 'logs' | 'runs' | 'sources'>;

export function runHandlers({ access, catalog, logs, runs, sources }: Needs): HandlersOf<'backup' | 'runs'> {
  return {
    'backup.start': async ({ sourceId }) => {
      const source = await sources.get(sourceId);
      // Two clicks are one backup. Looked for after the last wait, so that nothing comes between.
      const running = runs.active.find((run) => run.kind === 'backup' && run.sourceId === sourceId);
      return { runId: running?.runId ?? runs.start(backupJob(access, source)) };
    },
    'runs.cancel': async ({ runId }) => {
      runs.cancel(runId);
      return {};
    },
    'runs.list': async ({ limit, before }) => {
      const kept = await catalog.listRuns(limit, before);
      return newestFirst([...runs.active, ...kept])
        .filter((run) => before === undefined || instantToMs(run.startedAt) < instantToMs(before))
        .slice(0, limit);
    },
    'runs.get': async ({ runId }) =>
      runs.active.find((run) => run.runId === runId) ??
      (await catalog.getRun(runId)) ??
      (await runs.fromLog(runId)) ??
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
