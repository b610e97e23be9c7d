import type { AlertChannel } from '../../shared/domain/alerts.ts';
import type { AlertChannelView } from '../../shared/ipc/alerts.ts';
import { call } from '../api/call.ts';
import type { Slice } from './slice.ts';

export interface AlertsSlice {
  /** Where failures are told to somebody who is away. Null until first asked. */
  readonly alerts: readonly AlertChannelView[] | null;
  readonly refreshAlerts: () => Promise<void>;
  /** Without a secret the one that is kept stays. Throws `StillpointError`. */
  readonly saveAlert: (channel: AlertChannel, secret: string | null) => Promise<void>;
  readonly removeAlert: (id: string) => Promise<void>;
}

export const createAlertsSlice: Slice<AlertsSlice> = (set) => ({
  alerts: null,
  refreshAlerts: async () => set({ alerts: await call('alerts.list', {}) }),
  saveAlert: async (channel, secret) =>
    set({ alerts: await call('alerts.save', { channel, ...(secret === null ? {} : { secret }) }) }),
  removeAlert: async (id) => set({ alerts: await call('alerts.remove', { id }) }),
});
