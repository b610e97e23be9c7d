import type { PlanAction, PlanWarning, RestorePlan, UndoableRestore } from '../../../../shared/domain/restore.ts';
import type { PhaseName } from '../../../../shared/domain/run.ts';
import type { RunView } from '../../../../shared/ipc/runs.ts';
import { fail, type Handlers, type Stage } from '../../../testing/bridge/handlers.ts';
import { runIdOf, snapshotIdOf } from '../../../testing/model/ids.ts';
import { plans } from '../../../testing/model/plans.ts';
import { emptyRun, instantOf } from '../../../testing/model/runs.ts';
import { chapterText, plannedEntries } from './planned-entries.ts';

const root = plans.documents.path;
const GiB = 1024 ** 3;
const bytesOfPlan = Math.round(38.4 * 1024 ** 2);
const phases: readonly (readonly [PhaseName, number])[] = [
  ['plan', 300],
  ['safety', 1_200],
  ['write', 2_500],
  ['verify-files', 1_000],
];

/** A main process whose restores take a few seconds, show their phases and can be undone. */
export function restoreStage(name: string): Handlers {
  const made = new Map<string, RestorePlan>();
  const undoable: UndoableRestore[] = [];

  return {
    'restore.plan': async (request, { now }) => {
      await new Promise((resolve) => setTimeout(resolve, 250));
      const plan = planOf(name, `plan-${made.size + 1}`, request as RestorePlan['request'], now());
      made.set(plan.planId, plan);
      return plan;
    },
    'restore.planEntries': ({ planId, actions, filter, offset, limit }, { now }) => {
      const found = entriesOf(planFor(planId), now()).filter(
        ({ path, action }) => actions.includes(action) && path.toLowerCase().includes(filter.toLowerCase()),
      );
      return { entries: found.slice(offset, offset + limit), total: found.length };
    },
    'restore.compareText': ({ path }) => {
      if (path.endsWith('chapter-3.md')) return { past: chapterText(true), present: chapterText(false) };
      if (path.endsWith('chapter-4-draft.md')) return { past: null, present: '# 4 Draft\n\nNot yet.\n' };
      if (path.endsWith('.txt')) return { past: 'Call the garage.\n', present: 'Call the garage.\nBuy stamps.\n' };
      return { past: null, present: null };
    },
    'restore.putBack': ({ point, selection }, stage) => {
      const request = { point, selection, target: { kind: 'original' as const }, mode: 'keep' as const };
      const plan = planOf(name, `plan-${made.size + 1}`, request, stage.now());
      made.set(plan.planId, plan);
      if (name === 'same') return { kind: 'nothing-to-do' };
      if (plan.warnings.some(({ asks }) => asks)) return { kind: 'ask', plan };
      return { kind: 'started', runId: play(plan, stage, undoable) };
    },
    'restore.start': ({ planId, safetySnapshot }, stage) => {
      if (name === 'read-only' && safetySnapshot) {
        throw fail(
          'repository-read-only',
          'The safety snapshot cannot be made: Backup disk can only be read.',
          'Nothing was touched. Make the disk writable, restore into another folder, or go without a safety snapshot.',
        );
      }
      return { runId: play(planFor(planId), stage, undoable) };
    },
    'restore.undoable': () => undoable,
    'restore.undo': ({ restoreRunId }, stage) => {
      const runId = runIdOf(`undo ${restoreRunId}`);
      const at = undoable.findIndex((entry) => entry.runId === restoreRunId);
      const entry = undoable[at];
      if (entry !== undefined) undoable[at] = { ...entry, undoneBy: runId };
      run(
        stage,
        { ...emptyRun(plans.documents, runId, stage.now()), kind: 'undo', title: 'Undo restore' },
        [['undo', 1_500]],
        {
          outcome: 'warnings',
          summary: '213 files are as they were before the restore. 1 was changed since and was kept.',
          warnings: [{ code: 'kept', text: 'was changed after the restore and was kept', path: `${root}/notes.txt` }],
          warningsTotal: 1,
        },
      );
      if (entry !== undefined)
        undoable.unshift({ ...entry, runId, safetySnapshotId: snapshotIdOf('safety 2'), undoneBy: null });
      return { runId };
    },
  };

  function planFor(planId: string): RestorePlan {
    const plan = made.get(planId);
    if (plan === undefined)
      throw fail('bad-input', 'This preview is no longer current.', 'Work it out again.', 'planId');
    return plan;
  }
}

function entriesOf(plan: RestorePlan, now: number) {
  const { mode } = plan.request;
  return plannedEntries(now, root).filter(({ action }) => mode === 'exact' || action !== 'delete');
}

function planOf(name: string, planId: string, request: RestorePlan['request'], now: number): RestorePlan {
  const entries = plannedEntries(now, root).filter(({ action }) => request.mode === 'exact' || action !== 'delete');
  const count = (action: PlanAction): number => entries.filter((entry) => entry.action === action).length;
  return {
    planId,
    request,
    targetPath: request.target.kind === 'original' ? root : request.target.path,
    targets: [request.target.kind === 'original' ? root : request.target.path],
    counts: { add: count('add'), replace: count('replace'), metadata: 0, delete: count('delete'), same: 20_286 },
    keptNewer: request.mode === 'exact' ? 0 : 3,
    bytesToWrite: bytesOfPlan,
    freeBytes: name === 'no-space' ? 12 * 1024 ** 2 : 61 * GiB,
    warnings: warningsOf(name),
  };
}

function warningsOf(name: string): PlanWarning[] {
  const open: PlanWarning = {
    code: 'open-file',
    text: 'budget.ods is open in LibreOffice. Close it first, or its window will overwrite the restored file on the next save.',
    paths: [`${root}/Projects/budget.ods`],
    asks: true,
  };
  const space: PlanWarning = {
    code: 'no-space',
    text: 'There is too little space at /home. 38.4 MiB are needed and 12 MiB are free.',
    paths: [],
    asks: true,
  };
  if (name === 'open-file') return [open];
  return name === 'no-space' ? [open, space] : [];
}

function play(plan: RestorePlan, stage: Stage, undoable: UndoableRestore[]): RunView['runId'] {
  const runId = runIdOf(`restore ${plan.planId}`);
  const { counts, request } = plan;
  run(
    stage,
    { ...emptyRun(plans.documents, runId, stage.now()), kind: 'restore', title: 'Restore Documents' },
    phases,
    {
      outcome: 'done',
      files: counts.replace + counts.add,
      bytes: plan.bytesToWrite,
      summary: `${counts.replace} files replaced, ${counts.add} added; 226 read back and compared.`,
    },
  );
  undoable.unshift({
    runId,
    repositoryId: request.point.repositoryId,
    safetySnapshotId: snapshotIdOf('safety'),
    restoredSnapshotId: request.point.snapshotId,
    targetPath: plan.targetPath,
    finishedAt: instantOf(stage.now()),
    replaced: counts.replace,
    added: counts.add,
    deleted: counts.delete,
    undoneBy: null,
  });
  return runId;
}

/** Plays phases with progress, then ends as told. */
function run(stage: Stage, first: RunView, script: typeof phases, end: Partial<RunView>): void {
  const length = script.reduce((sum, [, ms]) => sum + ms, 0);
  const publish = (view: RunView): void => {
    stage.world.runs = [view, ...stage.world.runs.filter(({ runId }) => runId !== view.runId)];
    stage.emit({ type: 'run', run: view });
  };
  let elapsed = 0;
  const timer = setInterval(() => {
    elapsed += 100;
    let at = 0;
    const views = script.map(([name, ms]) => {
      const startedAt = instantOf(Date.parse(first.startedAt) + at);
      at += ms;
      return { name, startedAt, durationMs: at <= elapsed ? ms : null, begun: at - ms <= elapsed };
    });
    const begun = views.filter((view) => view.begun).map(({ begun: _, ...view }) => view);
    if (elapsed >= length) {
      clearInterval(timer);
      publish({ ...first, ...end, phases: begun, finishedAt: instantOf(stage.now()) });
      stage.emit({ type: 'changed', topics: ['undoable'] });
      return;
    }
    publish({
      ...first,
      phase: begun.at(-1)?.name ?? 'plan',
      phases: begun,
      progress: {
        files: Math.round((226 * elapsed) / length),
        bytes: Math.round((bytesOfPlan * elapsed) / length),
        totalFiles: 226,
        totalBytes: bytesOfPlan,
        current: `${root}/Projects/site/pages/page-${Math.round((211 * elapsed) / length)}.html`,
        bytesPerSecond: 8.2 * 1024 ** 2,
        secondsLeft: (length - elapsed) / 1000,
      },
    });
  }, 100);
  publish(first);
}
