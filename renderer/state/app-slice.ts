import type { HelperState } from '../../shared/ipc/app.ts';
import type { IpcResult } from '../../shared/ipc/contract.ts';
import { call } from '../api/call.ts';
import type { Slice } from './slice.ts';

export type AppInfo = IpcResult<'app.info'>;

export interface AppSlice {
  readonly info: AppInfo | null;
  readonly refreshInfo: () => Promise<void>;
  readonly setHelper: (helper: HelperState) => void;
  /** Asks an administrator to allow still points. Throws `StillpointError`. */
  readonly requestRights: () => Promise<void>;
  /** Lets scheduled runs hold filesystems still from now on, or no longer. Throws `StillpointError`. */
  readonly allowStillPoints: (allowed: boolean) => Promise<void>;
}

export const createAppSlice: Slice<AppSlice> = (set, get) => ({
  info: null,
  refreshInfo: async () => set({ info: await call('app.info', {}) }),
  setHelper: (helper) => {
    const { info } = get();
    if (info !== null) set({ info: { ...info, helper } });
  },
  requestRights: async () => get().setHelper(await call('app.requestRights', {})),
  allowStillPoints: async (allowed) => get().setHelper(await call('schedule.allowStillPoints', { allowed })),
});
