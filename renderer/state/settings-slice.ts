import type { Settings } from '../../shared/ipc/app.ts';
import { call } from '../api/call.ts';
import type { Slice } from './slice.ts';

export interface SettingsSlice {
  /** Null until first asked. */
  readonly settings: Settings | null;
  readonly refreshSettings: () => Promise<void>;
  /** Shows the change at once and stores it; takes it back and throws `StillpointError` when it cannot be stored. */
  readonly changeSettings: (patch: Partial<Omit<Settings, 'version'>>) => Promise<void>;
}

export const createSettingsSlice: Slice<SettingsSlice> = (set, get) => ({
  settings: null,
  refreshSettings: async () => set({ settings: await call('settings.get', {}) }),
  changeSettings: async (patch) => {
    const before = get().settings;
    if (before !== null) set({ settings: { ...before, ...patch } });
    try {
      set({ settings: await call('settings.set', patch) });
    } catch (error) {
      set({ settings: before });
      throw error;
    }
  },
});
