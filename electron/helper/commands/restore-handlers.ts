import { restore } from '../pipeline/restore.ts';
import type { PhaseReporter } from '../quiesce/contract.ts';
import type { PreparedRestore } from '../restore/contract.ts';
import type { Handlers } from '../server/service.ts';
import type { HelperContext } from './context.ts';
import { PlanCache } from './plan-cache.ts';
import { run } from './run.ts';
import { turnOf } from './turn-of.ts';

type RestoreHandlers = Pick<Handlers, Extract<keyof Handlers, `restore.${string}`>>;

export function restoreHandlers(context: HelperContext): RestoreHandlers {
  const { sessions, stages, restores } = context;
  const plans = new PlanCache();

  return {
    'restore.plan': async (request, { signal }) => {
      const planId = plans.newId();
      const repository = await sessions.opened(request.point.repositoryId);
      const prepared = await restores.prepare(request, { signal, report: silent }, planId);
      plans.keep(planId, repository.id, prepared);
      return prepared.plan;
    },
    'restore.planEntries': async ({ planId, ...query }) => {
      const { entries, total } = plans.get(planId).prepared.entries(query);
      return { entries: [...entries], total };
    },
    'restore.compareText': ({ planId, path }) => plans.get(planId).prepared.compareText(path),
    'restore.run': async ({ planId, runId, askedAt, unticked, safetySnapshot }, { signal, emit }) => {
      const { prepared, repositoryId } = plans.get(planId);
      plans.drop(planId);
      const job = { runId, askedAt, kind: 'restore' as const, unticked, safetySnapshot };
      const title = titleOf(prepared);
      return run({ runId, kind: 'restore', sourceId: null, repositoryId, askedAt, title }, emit, (report) =>
        sessions.inTurn(
          repositoryId,
          async () => restore(job, prepared, await sessions.opened(repositoryId), stages, report, signal),
          turnOf(title, report, signal),
        ),
      );
    },
    'restore.undoable': async () => [...restores.undoable()],
    'restore.undo': async ({ restoreRunId, runId, askedAt }, { signal, emit }) => {
      const { repositoryId } = restores.record(restoreRunId).head;
      const title = 'Take a restore back';
      return run({ runId, kind: 'undo', sourceId: null, repositoryId, askedAt, title }, emit, (report) =>
        sessions.inTurn(
          repositoryId,
          async () => {
            const repository = await sessions.opened(repositoryId);
            const job = { runId, askedAt, kind: 'undo' as const, unticked: [], safetySnapshot: true };
            return restores.undo(restoreRunId, { signal, report }, (prepared) =>
              restore(job, prepared, repository, stages, report, signal),
            );
          },
          turnOf(title, report, signal),
        ),
      );
    },
  };
}

/** A plan is made while a person looks at a wizard: there is no run to report to. */
const silent: PhaseReporter = {
  phase: (_name, work) => work(),
  past: () => {},
  advance: () => {},
  totals: () => {},
  held: () => {},
  note: () => {},
};

function titleOf({ plan }: PreparedRestore): string {
  return `Restore to ${plan.targets.join(', ')}`;
}
