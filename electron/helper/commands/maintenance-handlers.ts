import type { RepositoryId, RunId } from '../../../shared/domain/ids.ts';
import type { RunEvent, RunKind, RunResult } from '../../../shared/domain/run.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import { repositoryById } from '../authority/registry.ts';
import { copyRun } from '../pipeline/copy.ts';
import { repairIndex, repairPacks, repairSnapshots } from '../pipeline/repair.ts';
import type { RunReporter } from '../pipeline/run-reporter.ts';
import { statisticsOf } from '../pipeline/statistics.ts';
import type { Handlers } from '../server/service.ts';
import type { HelperContext } from './context.ts';
import { run } from './run.ts';
import { turnOf } from './turn-of.ts';

type MaintenanceHandlers = Pick<
  Handlers,
  | 'repositories.repairIndex'
  | 'repositories.repairPacks'
  | 'repositories.repairSnapshots'
  | 'repositories.copy'
  | 'repositories.statistics'
>;

/** A tenth of a second between two words about progress. */
const tellEveryMs = 100;

export function maintenanceHandlers(context: HelperContext): MaintenanceHandlers {
  const { registry, caller, sessions } = context;

  /** A run in its turn that also answers with a report; null when it ended before there was one. */
  async function reporting<Report>(
    start: { readonly id: RepositoryId; readonly runId: RunId; readonly kind: RunKind; readonly title: string },
    emit: (event: RunEvent) => void,
    signal: AbortSignal,
    work: (report: RunReporter) => Promise<{ readonly result: RunResult; readonly report: Report }>,
  ): Promise<{ readonly run: RunResult; readonly report: Report | null }> {
    const { id, runId, kind, title } = start;
    const askedAt = msToInstant(Date.now());
    let report: Report | null = null;
    const ended = await run({ runId, kind, sourceId: null, repositoryId: id, askedAt, title }, emit, (reporter) =>
      sessions.inTurn(
        id,
        async () => {
          const done = await work(reporter);
          report = done.report;
          return done.result;
        },
        turnOf(title, reporter, signal),
      ),
    );
    return { run: ended, report };
  }

  const nameOf = (id: RepositoryId): string => repositoryById(registry, caller.uid, id).name;
  const repair = (id: RepositoryId, runId: RunId) =>
    ({ id, runId, kind: 'repair', title: `Repair ${nameOf(id)}` }) as const;

  return {
    'repositories.repairIndex': ({ id, ...job }, { signal, emit }) =>
      reporting(repair(id, job.runId), emit, signal, async (report) =>
        repairIndex(await sessions.opened(id), job, report, signal),
      ),
    'repositories.repairPacks': ({ id, ...job }, { signal, emit }) =>
      reporting(repair(id, job.runId), emit, signal, async (report) =>
        repairPacks(await sessions.opened(id), job, report, signal),
      ),
    'repositories.repairSnapshots': ({ id, ...job }, { signal, emit }) =>
      reporting(repair(id, job.runId), emit, signal, async (report) =>
        repairSnapshots(await sessions.opened(id), job, report, signal),
      ),
    'repositories.copy': async ({ id, fromId, runId, snapshotIds }, { signal, emit }) => {
      if (id === fromId) throw sameRepository();
      const title = `Copy ${nameOf(fromId)} to ${nameOf(id)}`;
      return reporting({ id, runId, kind: 'copy', title }, emit, signal, async (report) =>
        copyRun(await sessions.opened(fromId), await sessions.opened(id), { runId, snapshotIds }, report, signal),
      );
    },
    'repositories.statistics': async ({ id }, { signal, emit }) => {
      let toldAt = Number.NEGATIVE_INFINITY;
      const tell = (progress: { readonly done: number; readonly total: number }): void => {
        const now = performance.now();
        if (progress.done < progress.total && now - toldAt < tellEveryMs) return;
        toldAt = now;
        emit(progress);
      };
      return statisticsOf(await sessions.opened(id), tell, signal);
    },
  };
}

function sameRepository(): StillpointError {
  return new StillpointError({
    kind: 'bad-input',
    field: 'fromId',
    message: 'A repository cannot be copied into itself.',
    guidance: 'Name another repository to copy from.',
  });
}
