import type { RunId, SourceId } from '../../shared/domain/ids.ts';
import type { RunView } from '../../shared/ipc/runs.ts';
import { call } from '../api/call.ts';
import { putRun } from './put-run.ts';
import { advanceShare, type RunShare } from './run-share.ts';
import type { Slice } from './slice.ts';

const listed = 200;

export interface RunsSlice {
  /** Newest first; runs under way included. Null until first asked. */
  readonly runs: readonly RunView[] | null;
  /** How far each run under way is; kept apart from the runs, because it must never fall. */
  readonly shares: ReadonlyMap<RunId, RunShare>;
  /** Runs shown as cards, at work and at their end: those that began while this window looked, or that were opened. */
  readonly watchedRuns: ReadonlySet<RunId>;
  /** Ended runs whose card the user closed. */
  readonly dismissedRuns: ReadonlySet<RunId>;
  readonly refreshRuns: () => Promise<void>;
  readonly runChanged: (run: RunView) => void;
  /** Shows a run as a card, or folds it into the header. */
  readonly watchRun: (runId: RunId, watched: boolean) => void;
  readonly dismissRun: (runId: RunId) => void;
  /** Starts a backup and returns its run id. Throws `StillpointError`. */
  readonly backUp: (sourceId: SourceId) => Promise<RunId>;
  readonly cancelRun: (runId: RunId) => Promise<void>;
}

export const createRunsSlice: Slice<RunsSlice> = (set, get) => ({
  runs: null,
  shares: new Map(),
  watchedRuns: new Set(),
  dismissedRuns: new Set(),
  refreshRuns: async () => {
    const runs = await call('runs.list', { limit: listed });
    const shares = new Map(get().shares);
    for (const run of runs) {
      if (run.finishedAt === null) shares.set(run.runId, advanceShare(shares.get(run.runId), run));
    }
    set({ runs, shares });
  },
  runChanged: (run) => {
    const { runs, shares, watchedRuns } = get();
    const isNew = runs !== null && !runs.some(({ runId }) => runId === run.runId);
    set({
      runs: putRun(runs ?? [], run),
      shares: new Map(shares).set(run.runId, advanceShare(shares.get(run.runId), run)),
      watchedRuns: isNew ? new Set([...watchedRuns, run.runId]) : watchedRuns,
    });
  },
  watchRun: (runId, watched) => {
    const next = new Set(get().watchedRuns);
    if (watched) next.add(runId);
    else next.delete(runId);
    set({ watchedRuns: next });
  },
  dismissRun: (runId) => set({ dismissedRuns: new Set([...get().dismissedRuns, runId]) }),
  backUp: async (sourceId) => (await call('backup.start', { sourceId })).runId,
  cancelRun: async (runId) => {
    await call('runs.cancel', { runId });
  },
});
