import type { AlertChannel } from '../../shared/domain/alerts.ts';
import type { AlertChannelView } from '../../shared/ipc/alerts.ts';
import { call } from '../api/call.ts';
import type { Slice } from './slice.ts';

export interface AlertsSlice {
  /** Where failures are told to somebody who is away. Null until first asked. */
  readonly alerts: readonly AlertChannelView[] | null;
  /** What tests answered that were sent before their channel was added, by its id; shown until a message was sent. */
  readonly alertTests: ReadonlyMap<string, string>;
  readonly refreshAlerts: () => Promise<void>;
  /** Without a secret the one that is kept stays; `tested` is what a test of just this answered. Throws `StillpointError`. */
  readonly saveAlert: (channel: AlertChannel, secret: string | null, tested?: string | null) => Promise<void>;
  readonly removeAlert: (id: string) => Promise<void>;
}

export const createAlertsSlice: Slice<AlertsSlice> = (set, get) => ({
  alerts: null,
  alertTests: new Map(),
  refreshAlerts: async () => set({ alerts: await call('alerts.list', {}) }),
  saveAlert: async (channel, secret, tested = null) => {
    const alerts = await call('alerts.save', { channel, ...(secret === null ? {} : { secret }) });
    set({ alerts, ...(tested === null ? {} : { alertTests: new Map(get().alertTests).set(channel.id, tested) }) });
  },
  removeAlert: async (id) => {
    const alerts = await call('alerts.remove', { id });
    // The next channel of its kind may get its id.
    set({ alerts, alertTests: new Map([...get().alertTests].filter(([tested]) => tested !== id)) });
  },
});
