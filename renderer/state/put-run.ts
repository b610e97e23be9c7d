import type { RunView } from '../../shared/ipc/runs.ts';

/** The list with this run in its place: replaced where it is, else inserted by start time, newest first. */
export function putRun(runs: readonly RunView[], run: RunView): RunView[] {
  const at = runs.findIndex((other) => other.runId === run.runId);
  if (at >= 0) {
    const copy = [...runs];
    copy[at] = run;
    return copy;
  }
  const before = runs.findIndex((other) => other.startedAt <= run.startedAt);
  return before < 0 ? [...runs, run] : [...runs.slice(0, before), run, ...runs.slice(before)];
}
