import type { RunEvent } from '../../../shared/domain/run.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { cancelCare } from '../live-care.ts';
import { cancelLive, startLive } from '../live-run.ts';
import { fail, type Handlers } from './handlers.ts';

export const runHandlers: Handlers = {
  'backup.start': ({ sourceId }, stage) => {
    const source = stage.world.sources.find(({ id }) => id === sourceId);
    if (source === undefined) throw fail('unknown-source', 'There is no such source.', 'Refresh the window.');
    return { runId: startLive(source.name, stage, 0) };
  },
  'runs.cancel': ({ runId }, stage) => {
    if (!cancelCare(runId, stage)) cancelLive(runId, stage);
    return {};
  },
  'runs.list': ({ limit }, { world }) => world.runs.slice(0, limit),
  'runs.get': ({ runId }, { world }) => world.runs.find((run) => run.runId === runId) ?? null,
  'runs.log': ({ runId }, { world }) => {
    const run = world.runs.find((candidate) => candidate.runId === runId);
    return run === undefined ? [] : logOf(run);
  },
  'timeline.get': (_params, { world }) => ({ lanes: world.lanes }),
};

/** The events that a run's view was folded from. */
function logOf(run: RunView): RunEvent[] {
  const { runId } = run;
  const events: RunEvent[] = [
    {
      type: 'run-started',
      runId,
      at: run.startedAt,
      kind: run.kind,
      sourceId: run.sourceId,
      repositoryId: run.repositoryId,
      askedAt: run.askedAt,
      title: run.title,
      trigger: run.trigger,
    },
  ];
  for (const phase of run.phases) {
    events.push({ type: 'phase-started', runId, at: phase.startedAt, phase: phase.name });
    if (phase.durationMs === null) continue;
    const at = new Date(Date.parse(phase.startedAt) + phase.durationMs).toISOString();
    events.push({ type: 'phase-finished', runId, at, phase: phase.name, durationMs: phase.durationMs });
    if (phase.name === 'thaw' && run.held !== null) events.push({ type: 'held', runId, at, ...run.held });
  }
  for (const note of run.notes) events.push({ type: 'note', runId, at: run.startedAt, ...note });
  if (run.finishedAt !== null && run.outcome !== null) {
    events.push({
      type: 'run-finished',
      runId,
      at: run.finishedAt,
      result: {
        runId,
        outcome: run.outcome,
        snapshotId: run.snapshotId,
        level: run.level,
        stallMs: run.held?.stallMs ?? null,
        files: run.files,
        bytes: run.bytes,
        newBytes: run.newBytes,
        summary: run.summary,
        warnings: run.warnings,
        warningsTotal: run.warningsTotal,
        error: run.error,
      },
    });
  }
  return events;
}
