import type { ScheduleState } from '../../shared/ipc/schedule.ts';
import { call } from '../api/call.ts';
import type { Slice } from './slice.ts';

export interface ScheduleSlice {
  /** Null until first asked. */
  readonly schedule: ScheduleState | null;
  readonly refreshSchedule: () => Promise<void>;
  /** Pauses scheduled runs until a time or until somebody resumes; null resumes. Throws `StillpointError`. */
  readonly pauseSchedule: (until: ScheduleState['pausedUntil']) => Promise<void>;
}

export const createScheduleSlice: Slice<ScheduleSlice> = (set) => ({
  schedule: null,
  refreshSchedule: async () => set({ schedule: await call('schedule.state', {}) }),
  pauseSchedule: async (until) => set({ schedule: await call('schedule.pause', { until }) }),
});
