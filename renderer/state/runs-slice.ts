import type { RunId, SourceId } from '../../shared/domain/ids.ts';
import type { RunView } from '../../shared/ipc/runs.ts';
import { call } from '../api/call.ts';
import { putRun } from './put-run.ts';
import type { Slice } from './slice.ts';

const listed = 200;

export interface RunsSlice {
  /** Newest first; runs under way included. Null until first asked. */
  readonly runs: readonly RunView[] | null;
  /** Ended runs whose card the user closed. */
  readonly dismissedRuns: ReadonlySet<RunId>;
  readonly refreshRuns: () => Promise<void>;
  readonly runChanged: (run: RunView) => void;
  readonly dismissRun: (runId: RunId) => void;
  /** Starts a backup and returns its run id. Throws `StillpointError`. */
  readonly backUp: (sourceId: SourceId) => Promise<RunId>;
  readonly cancelRun: (runId: RunId) => Promise<void>;
}

export const createRunsSlice: Slice<RunsSlice> = (set, get) => ({
  runs: null,
  dismissedRuns: new Set(),
  refreshRuns: async () => set({ runs: await call('runs.list', { limit: listed }) }),
  runChanged: (run) => set({ runs: putRun(get().runs ?? [], run) }),
  dismissRun: (runId) => set({ dismissedRuns: new Set([...get().dismissedRuns, runId]) }),
  backUp: async (sourceId) => (await call('backup.start', { sourceId })).runId,
  cancelRun: async (runId) => {
    await call('runs.cancel', { runId });
  },
});
