import type { PlanEntry, RestorePlan, RestoreRequest } from '../../../shared/domain/restore.ts';
import { runIdOf } from '../model/ids.ts';
import { plans } from '../model/plans.ts';
import { emptyRun, instantOf } from '../model/runs.ts';
import { fail, type Handlers, type Stage } from './handlers.ts';
import { changesBetween, filesOf, find } from './snapshot-handlers.ts';

const kept = new Map<string, { readonly plan: RestorePlan; readonly entries: PlanEntry[] }>();

export const restoreHandlers: Handlers = {
  'restore.putBack': ({ point, selection }, stage) => {
    const made = makePlan({ point, selection, target: { kind: 'original' }, mode: 'keep' }, stage);
    if (made.plan.warnings.some(({ asks }) => asks)) return { kind: 'ask', plan: made.plan };
    if (made.entries.length === 0) return { kind: 'nothing-to-do' };
    return { kind: 'started', runId: finishRestore(made.plan, stage) };
  },
  'restore.plan': (request, stage) => makePlan(request as RestoreRequest, stage).plan,
  'restore.planEntries': ({ planId, actions, filter, offset, limit }) => {
    const matching = planned(planId).entries.filter(
      (entry) => actions.includes(entry.action) && entry.path.toLowerCase().includes(filter.toLowerCase()),
    );
    return { entries: matching.slice(offset, offset + limit), total: matching.length };
  },
  'restore.compareText': ({ planId, path }, { world }) => {
    const { plan } = planned(planId);
    const { mark, plan: source } = find(world, plan.request.point.snapshotId);
    const file = filesOf(world, source).find((candidate) => candidate.path === path);
    return {
      past: file?.versions.findLast(({ at }) => at <= mark.time)?.text ?? null,
      present: file?.versions.at(-1)?.text ?? null,
    };
  },
  'restore.start': ({ planId }, stage) => ({ runId: finishRestore(planned(planId).plan, stage) }),
  'restore.undoable': () => [],
  'restore.undo': () => ({ runId: runIdOf('undo') }),
};

function planned(planId: string): { readonly plan: RestorePlan; readonly entries: PlanEntry[] } {
  const found = kept.get(planId);
  if (found === undefined)
    throw fail('bad-input', 'This preview is no longer current.', 'Work it out again.', 'planId');
  return found;
}

function makePlan(request: RestoreRequest, { world }: Stage): { plan: RestorePlan; entries: PlanEntry[] } {
  const { mark, plan: source } = find(world, request.point.snapshotId);
  const root = source?.others === undefined ? (source?.path ?? '/etc') : '/var/lib';
  const changed = changesBetween(world, source, mark.time, world.now).map((change): PlanEntry => {
    const file = filesOf(world, source).find(({ path }) => path === change.path);
    const then = file?.versions.findLast(({ at }) => at <= mark.time);
    const now = file?.versions.at(-1);
    return {
      path: change.path,
      action: change.change === 'added' ? 'delete' : change.change === 'removed' ? 'add' : 'replace',
      type: 'file',
      sizeThen: change.sizeBefore,
      sizeNow: change.sizeAfter,
      modifiedThen: then === undefined ? null : instantOf(then.at),
      modifiedNow: now === undefined ? null : instantOf(now.at),
    };
  });
  const entries = changed.filter(({ action }) => request.mode === 'exact' || action !== 'delete');
  const count = (action: PlanEntry['action']): number => entries.filter((entry) => entry.action === action).length;
  const plan: RestorePlan = {
    planId: `plan-${kept.size + 1}`,
    request,
    targetPath: request.target.kind === 'original' ? root : request.target.path,
    counts: {
      add: count('add'),
      replace: count('replace'),
      metadata: 0,
      delete: count('delete'),
      same: Math.max(0, (mark.files ?? 0) - entries.length),
    },
    keptNewer: changed.length - entries.length,
    bytesToWrite: entries.reduce((sum, { sizeThen }) => sum + (sizeThen ?? 0), 0),
    freeBytes: 61 * 1024 ** 3,
    warnings: entries.some(({ path }) => path.endsWith('budget.ods'))
      ? [
          {
            code: 'open-file',
            text: 'budget.ods is open in LibreOffice. Close it first, or its window will overwrite the restored file.',
            paths: [`${root}/Projects/budget.ods`],
            asks: true,
          },
        ]
      : [],
  };
  kept.set(plan.planId, { plan, entries });
  return { plan, entries };
}

function finishRestore(plan: RestorePlan, stage: Stage): ReturnType<typeof runIdOf> {
  const runId = runIdOf(`restore ${plan.planId}`);
  const run = {
    ...emptyRun(plans.documents, runId, stage.now()),
    kind: 'restore' as const,
    title: `Put back ${plan.targetPath}`,
  };
  stage.emit({ type: 'run', run });
  setTimeout(() => {
    const done = {
      ...run,
      finishedAt: instantOf(stage.now()),
      outcome: 'done' as const,
      files: plan.counts.replace + plan.counts.add,
      bytes: plan.bytesToWrite,
      summary: `${plan.counts.replace} replaced, ${plan.counts.add} added, all read back.`,
    };
    stage.world.runs = [done, ...stage.world.runs];
    stage.emit({ type: 'run', run: done });
    stage.emit({ type: 'changed', topics: ['undoable', 'runs'] });
  }, 1_200);
  return runId;
}
