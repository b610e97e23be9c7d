import type { Lane } from '../../shared/ipc/timeline.ts';
import { call } from '../api/call.ts';
import type { Slice } from './slice.ts';

export interface TimelineSlice {
  /** Null until first asked. */
  readonly lanes: readonly Lane[] | null;
  readonly refreshTimeline: () => Promise<void>;
}

export const createTimelineSlice: Slice<TimelineSlice> = (set) => ({
  lanes: null,
  refreshTimeline: async () => set({ lanes: (await call('timeline.get', {})).lanes }),
});
